import { set } from './copy.ts'
import { isObject, type Keys } from './merge.ts'

/** Tells which field, and what is wrong with it, in a sentence. */
export type Complain = (sentence: string) => void

/** A plain value in a few characters. An object may have a `toString` of its own, as data. */
export const show = (value: unknown): string => {
  const text =
    typeof value === 'string' || typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

function checkScores(scores: Keys, complain: Complain): unknown {
  const kept = {}
  for (const name of Object.keys(scores)) {
    const value = scores[name]
    if (value === undefined) continue
    const isScore =
      value === null ||
      typeof value === 'boolean' ||
      (typeof value === 'number' && value >= 0 && value <= 1)
    if (isScore && name !== '') set(kept, name, value)
    else if (name === '') complain('scores has an empty name')
    else complain(`scores.${name} is ${show(value)}; it must be in [0, 1], true, false or null`)
  }
  return Object.keys(kept).length > 0 ? kept : undefined
}

function checkTags(tags: readonly unknown[], complain: Complain): unknown {
  const kept = tags.filter((tag) => typeof tag === 'string' && tag.trim() !== '')
  if (kept.length < tags.length) complain('tags must be strings that are not empty')
  return kept
}

const SOURCES: readonly unknown[] = ['app', 'api', 'external']

/**
 * The part of a field that the server would accept; undefined if nothing is left of it.
 * One bad score or tag costs itself, never its neighbours. Fields without a rule pass.
 */
export function checkField(field: string, value: unknown, complain: Complain): unknown {
  if (value === null || value === undefined) return value
  switch (field) {
    case 'scores':
      if (isObject(value)) return checkScores(value, complain)
      return complain('scores must be an object of names and numbers')
    case 'metadata':
    case 'metrics':
    case 'span_attributes':
      return isObject(value) ? value : complain(`${field} must be an object`)
    case 'tags':
      return Array.isArray(value) ? checkTags(value, complain) : complain('tags must be a list')
    case 'comment':
      return typeof value === 'string' ? value : complain('comment must be a string')
    case 'source':
      return SOURCES.includes(value)
        ? value
        : complain(`source is ${show(value)}; it must be one of app, api, external`)
    default:
      return value
  }
}
