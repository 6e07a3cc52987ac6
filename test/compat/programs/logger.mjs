// What a logger, its spans and its state offer beside logging, one by one; prints what each call gave.
const sdk = await import(process.env.COMPAT_SDK)
const { SpanComponentsV4 } = await import(`${process.env.COMPAT_SDK}/util`)

const projectName = process.env.COMPAT_PROJECT
const logger = sdk.initLogger({ projectName })
const project = await logger.project
const printed = { project: { id: project.id, name: project.name }, org: await logger.org_id }

const span = logger.startSpan({ name: 'flushed' })
sdk.logError(span, new Error('told by hand'))
span.end()
await span.flush()
printed.flushed = span.id
printed.objectId = await sdk.spanComponentsToObjectId({
  components: SpanComponentsV4.fromStr(await span.export()),
})

const other = logger.startSpan({ name: 'other' })
const placed = span.startSpanWithParents('00f067aa0ba902b7', [span.spanId], { name: 'placed' })
for (const one of [placed, other]) one.end()
await logger.flush()
printed.placed = placed.id

// A login of its own, beside the one of the process.
const state = await sdk.loginToState({ orgName: 'default' })
printed.state = { org: state.orgId, name: state.orgName, apiUrl: state.apiUrl }
const beside = sdk.initLogger({ projectName, state, setCurrent: false })
printed.beside = beside.log({ input: 'by a state of its own' })
await beside.flush()

// npm 0.4.10 has no map of names and ids.
if (sdk.ProjectNameIdMap) {
  printed.idOfName = await new sdk.ProjectNameIdMap().getId(projectName)
  printed.nameOfId = await new sdk.ProjectNameIdMap().getName(project.id)
}
console.log(JSON.stringify(printed))
