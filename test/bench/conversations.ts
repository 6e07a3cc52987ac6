import type { Random } from './random.ts'
import { prose, TOPICS } from './words.ts'

export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** A talk of one user with the app: each turn is a trace, and carries what was said before. */
export interface Conversation {
  readonly user: string
  readonly session: string
  readonly topic: string
  readonly model: string
  readonly screen: string
  readonly version: string
  /** Oldest first; the oldest are forgotten. */
  readonly messages: Message[]
  turnsLeft: number
  /** Text of this length, somewhere from the corpus. */
  readonly say: (length: number) => string
}

export const MODELS = ['gpt-5', 'gpt-5-mini', 'claude-sonnet-4-5', 'gemini-2.5-flash']
const SCREENS = ['chat', 'search', 'album', 'help', 'settings']
const CORPUS_LENGTH = 4 * 2 ** 20
const MESSAGES_KEPT = 24

/** Open conversations, a new one for each that ends. */
export class Conversations {
  readonly #random: Random
  readonly #corpus: string
  readonly #users: number
  readonly #open: Conversation[]

  constructor(random: Random, traces: number) {
    this.#random = random
    this.#corpus = prose(random, CORPUS_LENGTH)
    this.#users = Math.max(100, Math.ceil(traces / 10))
    const open = Math.min(Math.max(Math.ceil(traces / 500), 8), 1000)
    this.#open = Array.from({ length: open }, () => this.#begin())
  }

  /** The one whose turn it is. */
  next(): Conversation {
    const place = this.#random.below(this.#open.length)
    const found = this.#open[place]
    const conversation = found && found.turnsLeft > 0 ? found : this.#begin()
    this.#open[place] = conversation
    conversation.turnsLeft -= 1
    return conversation
  }

  #begin(): Conversation {
    const random = this.#random
    return {
      user: `user-${random.few(this.#users)}`,
      session: `s-${random.hex(16)}`,
      topic: random.pick(TOPICS),
      model: MODELS[random.few(MODELS.length)] ?? 'gpt-5',
      screen: random.pick(SCREENS),
      version: `4.${random.below(12)}.${random.below(6)}`,
      messages: [],
      turnsLeft: 1 + Math.floor(random.logNormal(3, 0.7)),
      say: (length) => {
        const at = random.below(this.#corpus.length - length)
        return this.#corpus.slice(at, at + length)
      },
    }
  }
}

/** Adds what was said in a turn. */
export function remember(conversation: Conversation, ...said: Message[]): void {
  conversation.messages.push(...said)
  const surplus = conversation.messages.length - MESSAGES_KEPT
  if (surplus > 0) conversation.messages.splice(0, surplus)
}
