// A span and a record too large for one request, each between small ones; prints what there is to look for.
const { initDataset, initLogger } = await import(process.env.COMPAT_SDK)

const project = process.env.COMPAT_PROJECT
const large = 'äx'.repeat(Number(process.env.COMPAT_PAIRS))
const texts = ['before', large, 'after']
const logger = initLogger({ projectName: project })
const ids = texts.map((input) =>
  logger.traced((span) => {
    span.log({ input })
    return span.id
  }),
)
await logger.flush()
const dataset = initDataset({ project, dataset: 'large' })
for (const [i, input] of texts.entries()) dataset.insert({ id: `${i}`, input })
await dataset.flush()
const records = []
for await (const { id, input } of dataset.fetch()) records[id] = input
// By the texts: a record that is missing is no item of its list.
console.log(JSON.stringify({ ids, isWhole: texts.every((input, i) => input === records[i]) }))
