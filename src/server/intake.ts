import type { z } from 'zod'
import { AppError, type ErrorCode } from '../errors.ts'
import {
  deliveryOf,
  type FeedbackWrite,
  orderedAt,
  type RecordWrite,
  type SpanWrite,
  tick,
  writtenAt,
} from '../storage/index.ts'
import type { Json, ProjectRef } from '../wire/common.ts'
import type { Dataset } from '../wire/datasets.ts'
import type { Experiment } from '../wire/experiments.ts'
import { FeedbackInput, type Rejection } from '../wire/feedback.ts'
import type { Project } from '../wire/projects.ts'
import { FeedbackTags, Row } from '../wire/rows.ts'
import { feedbackIdAt } from './feedback-id.ts'
import { flawOf } from './flaw.ts'
import { commentOf, parted } from './row-feedback.ts'

/** What a request holds, checked item by item: a bad one is named, its neighbours are taken. */
export interface Intake {
  readonly spans: SpanWrite[]
  readonly feedback: FeedbackWrite[]
  readonly records: RecordWrite[]
  readonly rejected: Rejection[]
}

/** Finds where an item belongs; a project that is named is made. Throws AppError. */
export interface Places {
  readonly project: (ref: ProjectRef) => Promise<Project>
  readonly dataset: (id: string) => Dataset
  readonly experiment: (id: string) => Experiment
}

export interface Sent {
  /** Names the project of items that do not name their own. */
  readonly project: ProjectRef
  /** What the feedback lies in, where that is no project. */
  readonly container?: { readonly id: string }
  readonly rows: readonly unknown[]
  readonly feedback: readonly unknown[]
  /** How far the client's clock is behind ours, in microseconds (storage/time.ts). */
  readonly skew: number
  /** What stands in texts in place of bytes that are not UTF-8. */
  readonly brokenMark?: string | undefined
}

/** Sorts what was sent into writes of spans and feedback events; does not write. */
export async function takeIn(sent: Sent, places: Places): Promise<Intake> {
  const intake: Intake = { spans: [], feedback: [], records: [], rejected: [] }
  const { skew } = sent
  for (const [index, item] of sent.rows.entries()) {
    await named(intake, 'rows', index, item, async () => {
      const row = shaped(Row, item, sent.brokenMark)
      const raw = item as Record<string, Json>
      if (typeof row.dataset_id === 'string') {
        takeRecord(intake, places.dataset(row.dataset_id), row, raw, skew)
        return
      }
      const container =
        typeof row.experiment_id === 'string'
          ? places.experiment(row.experiment_id)
          : await places.project(needed(ofRow(row, sent.project)))
      takeRow(intake, container.id, row, raw, skew)
    })
  }
  for (const [index, item] of sent.feedback.entries()) {
    await named(intake, 'feedback', index, item, async () => {
      const feedback = shaped(FeedbackInput, item, sent.brokenMark)
      const project = sent.container ?? (await places.project(needed(sent.project)))
      intake.feedback.push(feedbackWrite(project.id, feedback, skew))
    })
  }
  return intake
}

/** As much of an id of any length and kind as an answer may hold. */
const clip = (id: string) => id.slice(0, 512).toWellFormed()

/** The field of a row that names what was not found. */
const NAMED_BY: Partial<Record<ErrorCode, string>> = {
  dataset_not_found: 'dataset_id',
  experiment_not_found: 'experiment_id',
}

class Refusal extends Error {
  readonly field: string
  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}

async function named(
  intake: Intake,
  list: Rejection['list'],
  index: number,
  item: unknown,
  take: () => Promise<void>,
): Promise<void> {
  try {
    await take()
  } catch (reason) {
    const id = (item as { id?: unknown } | null)?.id
    const rejection = { list, index, id: typeof id === 'string' ? clip(id) : null }
    if (reason instanceof Refusal) {
      intake.rejected.push({ ...rejection, field: reason.field, message: reason.message })
    } else if (reason instanceof AppError && reason.status < 500) {
      const field = NAMED_BY[reason.code] ?? 'project_id'
      intake.rejected.push({ ...rejection, field, message: reason.message })
    } else throw reason
  }
}

function shaped<T extends z.ZodType>(shape: T, item: unknown, brokenMark?: string): z.output<T> {
  const flaw = flawOf(item, brokenMark)
  if (flaw) throw new Refusal(flaw.field, flaw.message)
  const parsed = shape.safeParse(item)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Refusal(issue?.path.join('.') ?? '', issue?.message ?? 'is not valid')
}

function ofRow(row: Row, envelope: ProjectRef): ProjectRef {
  if (row.prompt_session_id) {
    const message = 'is not supported; rows of a project, a dataset or an experiment are'
    throw new Refusal('prompt_session_id', message)
  }
  if (row.project_id) return { project_id: row.project_id }
  return row.project_name ? { project_name: row.project_name } : envelope
}

function needed(ref: ProjectRef): ProjectRef {
  if (ref.project_id !== undefined || ref.project_name !== undefined) return ref
  throw new Refusal('project_name', 'or project_id is needed')
}

/** A row is a comment, feedback from an official SDK, a deletion, a change, or a whole span. */
function takeRow(
  intake: Intake,
  projectId: string,
  row: Row,
  raw: Record<string, Json>,
  skew: number,
): void {
  const comment = commentOf(row)
  if (comment) {
    intake.feedback.push(feedbackWrite(projectId, comment, skew))
    return
  }
  const { feedback, span } = parted(projectId, row, raw)
  if (!span) shaped(FeedbackTags, raw)
  if (feedback) intake.feedback.push(feedbackWrite(projectId, feedback, skew, true))
  if (!span) return
  const arrivedAt = tick()
  const at = writtenAt(row.created, skew, arrivedAt)
  intake.spans.push({
    projectId,
    id: row.id,
    entry: { kind: kindOf(row), at, arrivedAt, row: span },
  })
}

function takeRecord(
  intake: Intake,
  dataset: Dataset,
  row: Row,
  raw: Record<string, Json>,
  skew: number,
): void {
  const comment = commentOf(row)
  if (comment) {
    intake.feedback.push(feedbackWrite(dataset.id, comment, skew))
    return
  }
  const kind = kindOf(row)
  const at = tick()
  intake.records.push({
    projectId: dataset.project_id,
    datasetId: dataset.id,
    id: row.id,
    kind,
    at,
    delivery: deliveryOf(kind, raw, at),
    row: raw,
  })
}

const kindOf = (row: Row) => (row._object_delete ? 'delete' : row._is_merge ? 'merge' : 'whole')

/** Who judged, where only the metadata says so: a text, or a number as some applications have them. */
function userOf(metadata: FeedbackInput['metadata']): string {
  const user = metadata?.user_id
  return typeof user === 'string' || typeof user === 'number' ? String(user) : ''
}

function feedbackWrite(
  projectId: string,
  feedback: FeedbackInput,
  skew: number,
  isNamedByContent = false,
): FeedbackWrite {
  const json = (value: Json | undefined) =>
    value === undefined || value === null ? '' : JSON.stringify(value)
  const received = tick()
  return {
    projectId,
    feedbackId: feedback.feedback_id ?? feedbackIdAt(received),
    isNamedByContent,
    target: feedback.id,
    judgedAt: writtenAt(feedback.created, skew, received),
    orderedAt: orderedAt(feedback.created, skew, received),
    user: feedback.user ?? userOf(feedback.metadata).slice(0, 512).toWellFormed(),
    source: feedback.source ?? 'api',
    scores: feedback.scores ?? [],
    expected: json(feedback.expected),
    comment: feedback.comment?.toWellFormed() ?? '',
    replaces: feedback.replaces ?? '',
    replyTo: feedback.reply_to ?? '',
    tags: feedback.tags ?? [],
    metadata: json(feedback.metadata),
  }
}
