import { config } from 'zod'

// zod compiles object parsers with `new Function` unless told not to, and the page's policy forbids
// that. It decides when a shape is made, so this module must be the first one imported.
config({ jitless: true })
