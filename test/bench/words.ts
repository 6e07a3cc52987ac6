import type { Random } from './random.ts'

/** What conversations are about. Text search looks for these; each stands in about one of 40 traces. */
export const TOPICS = [
  'refund policy',
  'shared album',
  'two factor login',
  'invoice address',
  'storage quota',
  'export archive',
  'duplicate photos',
  'family plan',
  'student discount',
  'password reset',
  'calendar sync',
  'dark theme',
  'offline mode',
  'video transcript',
  'face grouping',
  'print order',
  'gift card',
  'deleted account',
  'api limit',
  'billing cycle',
  'raw format',
  'slow upload',
  'missing thumbnail',
  'wrong timezone',
  'guest access',
  'team workspace',
  'audit trail',
  'single sign on',
  'data residency',
  'webhook retry',
  'mobile widget',
  'link expiry',
  'batch rename',
  'colour profile',
  'camera import',
  'tax number',
  'late delivery',
  'broken link',
  'search filter',
  'voice note',
]

/** What people write below an answer. */
export const COMMENTS = [
  'Just what I needed',
  'Wrong plan, I am on the family one',
  'Too long, I stopped reading',
  'This is not what I asked',
  'The link does not work',
  'Perfect, thank you!',
  'It made that up: there is no such button',
  'Half right. The second step is missing',
  'Répondez en français, s’il vous plaît',
  '答えが古いです',
  'Old information, this changed in spring',
  'Rude tone',
]

const SYLLABLES =
  'ba be co da de fi ga ha in ka la le ma mo na ne or pa re ri sa se ta ti to un ve wa'

/** Long text of about `length` characters, of 4,000 words: the short ones often, the long ones seldom. */
export function prose(random: Random, length: number): string {
  const syllables = SYLLABLES.split(' ')
  const words = Array.from({ length: 4000 }, (_, rank) =>
    Array.from({ length: 1 + Math.floor(rank / 1000) + random.below(2) }, () =>
      random.pick(syllables),
    ).join(''),
  )
  const parts: string[] = []
  for (let size = 0; size < length; ) {
    const word = words[random.few(words.length)] ?? ''
    const mark = random.share()
    const end = mark < 0.06 ? '. ' : mark < 0.08 ? '.\n' : mark < 0.09 ? ' "' : ' '
    parts.push(word, end)
    size += word.length + end.length
  }
  return parts.join('')
}
