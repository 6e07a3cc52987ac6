import { resolve } from 'node:path'
import { z } from 'zod'
import { CliError } from './errors.ts'

/** A variable set to nothing counts as not set: that is what `FOO= npm start` means. */
const optional = <T extends z.ZodType>(type: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), type)

const Env = z.object({
  HEED_HOST: optional(z.string().default('127.0.0.1')),
  HEED_PORT: optional(z.coerce.number().int().min(0).max(65_535).default(4333)),
  HEED_DATA_DIR: optional(z.string().default('.heed')),
  HEED_API_KEY: optional(
    z
      .string()
      .trim()
      .min(16)
      .max(512)
      // What a header can carry as it is.
      .regex(/^[\x21-\x7e]+$/, 'must be of letters, digits and signs of ASCII, without spaces')
      .optional(),
  ),
  HEED_ORG_NAME: optional(z.string().trim().min(1).max(200).default('default')),
  HEED_PUBLIC_URL: optional(
    z
      .url({ protocol: /^https?$/, error: 'must begin with http:// or https://' })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
  ),
  HEED_CLICKHOUSE_URL: optional(
    z
      .string()
      .regex(/^https?:\/\//, 'must begin with http:// or https://')
      .optional(),
  ),
  HEED_BODY_BYTES_MAX: optional(
    z.coerce
      .number()
      .int()
      .min(1024)
      .default(20 * 2 ** 20),
  ),
  HEED_ATTACHMENT_BYTES_MAX: optional(
    z.coerce
      .number()
      .int()
      .min(1024)
      .default(100 * 2 ** 20),
  ),
  HEED_MEMORY_BYTES_MAX: optional(
    z.coerce
      .number()
      .int()
      .min(2 ** 28)
      .default(2 ** 30),
  ),
  UV_THREADPOOL_SIZE: optional(z.coerce.number().int().min(1).default(4)),
})

/** What the operator decided, checked; units end the names. */
export interface Config {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  readonly dataDir: string
  /** The first API key, chosen by the operator; absent: one is made. */
  readonly apiKey: string | undefined
  /** As it stands in links; official SDKs may ask for it by name. */
  readonly orgName: string
  /** Where clients reach this server; absent: where their requests say. */
  readonly publicUrl: string | undefined
  /** A ClickHouse server; absent: the engine runs in this process. */
  readonly clickhouseUrl: string | undefined
  /** The largest request body, before and after gunzip. */
  readonly bodyBytesMax: number
  /** The largest attachment. */
  readonly attachmentBytesMax: number
  /** What the embedded engine may use for queries and caches. */
  readonly memoryBytesMax: number
  /** Of libuv's pool, on which the embedded engine works. */
  readonly threads: number
}

/** Reads the environment, the only place that does. Throws CliError naming the variable. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const parsed = Env.safeParse(env)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new CliError(`${issue?.path.join('.')}: ${issue?.message}`)
  }
  const values = parsed.data
  return {
    host: values.HEED_HOST,
    port: values.HEED_PORT,
    dataDir: resolve(values.HEED_DATA_DIR),
    apiKey: values.HEED_API_KEY,
    orgName: values.HEED_ORG_NAME,
    publicUrl: values.HEED_PUBLIC_URL,
    clickhouseUrl: values.HEED_CLICKHOUSE_URL,
    bodyBytesMax: values.HEED_BODY_BYTES_MAX,
    attachmentBytesMax: values.HEED_ATTACHMENT_BYTES_MAX,
    memoryBytesMax: values.HEED_MEMORY_BYTES_MAX,
    threads: values.UV_THREADPOOL_SIZE,
  }
}
