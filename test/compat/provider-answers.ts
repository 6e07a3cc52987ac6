/** The one model that there is. */
export const MODEL = 'stand-in-1'

const WORDS = ['one ', 'two ', 'three']

export const NO_SUCH_MODEL = {
  type: 'error',
  error: { type: 'not_found_error', message: 'The model does not exist.' },
}

const USAGE = { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 }

const chat = (object: string) => ({ id: 'chat-1', created: 1_790_000_000, model: MODEL, object })

/** A chat completion as a whole. */
export const COMPLETION = {
  ...chat('chat.completion'),
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'A picture.' },
      finish_reason: 'stop',
    },
  ],
  usage: USAGE,
}

const CHUNK = chat('chat.completion.chunk')

/** A chat completion in pieces; the last one counts the tokens. */
export const CHUNKS = [
  ...WORDS.map((content, i) => ({
    ...CHUNK,
    choices: [
      { index: 0, delta: { ...(i === 0 && { role: 'assistant' }), content }, finish_reason: null },
    ],
    usage: null,
  })),
  { ...CHUNK, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null },
  { ...CHUNK, choices: [], usage: USAGE },
]

/** Two vectors. */
export const EMBEDDINGS = {
  object: 'list',
  model: MODEL,
  data: [0, 1].map((index) => ({ object: 'embedding', index, embedding: [0.25, 0.5, index] })),
  usage: { prompt_tokens: 2, total_tokens: 2 },
}

/** A message as a whole; of its 11 tokens asked, 4 were read from the provider's cache. */
export const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: MODEL,
  content: [{ type: 'text', text: 'A picture.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 7, output_tokens: 3, cache_read_input_tokens: 4 },
}

/** A message in pieces: the tokens asked come with its beginning, those answered with its end. */
export const EVENTS = [
  {
    type: 'message_start',
    message: {
      ...MESSAGE,
      content: [],
      stop_reason: null,
      usage: { ...MESSAGE.usage, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ...WORDS.map((text) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text },
  })),
  { type: 'content_block_stop', index: 0 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 3 },
  },
  { type: 'message_stop' },
]

const OF_RESPONSE = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_790_000_000,
  model: MODEL,
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  parallel_tool_calls: true,
  temperature: 0,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
}

const part = (text: string) => ({ type: 'output_text', text, annotations: [] })

const item = (text: string) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [part(text)],
})

const response = (text: string) => ({
  ...OF_RESPONSE,
  status: 'completed',
  output: [item(text)],
  usage: {
    input_tokens: 11,
    input_tokens_details: { cached_tokens: 4 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 1 },
    total_tokens: 14,
  },
})

/** An answer of the newer API of the same provider, as a whole. */
export const RESPONSE = response('A picture.')

const AT_ITEM = { output_index: 0, item_id: 'msg_1', content_index: 0 }
const BEGUN = { ...OF_RESPONSE, status: 'in_progress', output: [], usage: null }

/** The same in pieces; the last event has all of it, with the tokens. */
export const RESPONSE_EVENTS = [
  { type: 'response.created', response: BEGUN },
  {
    type: 'response.output_item.added',
    output_index: 0,
    item: { ...item(''), status: 'in_progress', content: [] },
  },
  { type: 'response.content_part.added', ...AT_ITEM, part: part('') },
  ...WORDS.map((delta) => ({
    type: 'response.output_text.delta',
    ...AT_ITEM,
    delta,
    logprobs: [],
  })),
  { type: 'response.output_text.done', ...AT_ITEM, text: WORDS.join(''), logprobs: [] },
  { type: 'response.content_part.done', ...AT_ITEM, part: part(WORDS.join('')) },
  { type: 'response.output_item.done', output_index: 0, item: item(WORDS.join('')) },
  { type: 'response.completed', response: response(WORDS.join('')) },
].map((event, sequence_number) => ({ ...event, sequence_number }))
