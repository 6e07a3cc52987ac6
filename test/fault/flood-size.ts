/** Spans of one trace that one request of the flood carries: about 1 MB. */
export const FLOOD_ROWS = 500
