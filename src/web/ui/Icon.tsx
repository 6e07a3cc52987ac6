import css from './Icon.module.css'

/** Strokes on a 16 by 16 grid. */
const PATHS = {
  logo: 'M3 2.5v11M3 8.2C3 6 4.8 4.6 7 4.6s3.6 1.5 3.6 3.6v5.3M13 3.2v.1',
  llm: 'M8 2l1.5 4.5L14 8l-4.5 1.5L8 14l-1.5-4.500L2 8l4.5-1.500z',
  tool: 'M10.5 2.200a3.6 3.6 0 0 0-3.3 5L2.4 12a1.150 1.150 0 0 0 1.6 1.600l4.8-4.800a3.6 3.6 0 0 0 4.7-4.600L11.3 6.4 9.6 4.700z',
  function: 'M11.5 3.200C9.5 2.5 8.6 3.5 8.3 5.200L7 12c-.3 1.4-1.2 2-2.6 1.500M5 7h5.5',
  task: 'M3 3h10v10H3zM5.5 8l1.8 1.800L10.7 6.2',
  score: 'M8 2.200l1.7 3.7 4 .5-3 2.7.8 4L8 11.100l-3.5 2 .8-4-3-2.7 4-.5z',
  span: 'M3 4.500h10M5.5 8H13M8 11.500h5',
  up: 'M5 7.200v6H2.600v-6zM5 7.200l2.6-5c1.2 0 1.9.9 1.7 2l-.4 2.300h3.500c.9 0 1.5.8 1.3 1.700l-.9 3.800c-.2.7-.8 1.2-1.5 1.200H5',
  down: 'M5 8.800v-6H2.600v6zM5 8.800l2.6 5c1.2 0 1.9-.9 1.7-2l-.4-2.300h3.500c.9 0 1.5-.8 1.3-1.700l-.9-3.800c-.2-.7-.8-1.2-1.5-1.200H5',
  comment: 'M2.5 3.500h11v7.300H7.600L4.5 13.300v-2.500h-2z',
  correction: 'M3 13l.6-2.800L10.8 3l2.2 2.2-7.2 7.200zM9.3 4.500l2.2 2.2',
  vote: 'M4.4 6.300L8 2.700l3.6 3.600M4.4 9.700L8 13.300l3.6-3.6',
  signOut: 'M9.5 3H3v10h6.500M7 8h7M11.3 5.300L14 8l-2.7 2.7',
  error: 'M8 2.200l6.2 11H1.800zM8 6.500v3M8 11.400v.1',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.500h7.500v8H5.500zM10.5 5.500v-3H3v8h2.5',
  check: 'M3 8.500l3.3 3.300L13 4.8',
  chevron: 'M6 3.500L10.5 8 6 12.5',
  previous: 'M3.5 10L8 5.500l4.5 4.5',
  next: 'M3.5 6L8 10.5 12.5 6',
  light:
    'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1.500v1.200M8 13.300v1.200M1.5 8h1.200M13.3 8h1.200M3.4 3.400l.9.9M11.7 11.700l.9.9M3.4 12.600l.9-.9M11.7 4.300l.9-.9',
  dark: 'M13.2 9.600A5.6 5.6 0 0 1 6.4 2.800a5.6 5.6 0 1 0 6.8 6.800z',
  system: 'M2.5 3h11v7.500h-11zM6 13.500h4M8 10.500v3',
} as const

export type IconName = keyof typeof PATHS

/** A drawing beside a word; it says nothing to a screen reader, the word does. */
export function Icon({ name, size = 14 }: { name: IconName; size?: number }) {
  return (
    <svg className={css.icon} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
