import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Resident memory of a process in MB, now and at its highest; null where there is no /proc. */
export function memoryOf(pid: number | undefined): { now: number; peak: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const megabytes = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
    return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') }
  } catch {
    return null
  }
}

/** Seconds of CPU that a process has used; null where there is no /proc. */
export function cpuSeconds(pid: number | undefined): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // After the name, which may hold spaces: utime and stime are the 12th and 13th, in 1/100 s.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return null
  }
}

/** Resolves when a process has used less than 5 % of a core for two seconds: merges are done. */
export async function settled(pid: number | undefined, secondsMax: number): Promise<number> {
  const begun = performance.now()
  const waited = () => (performance.now() - begun) / 1000
  while (waited() < secondsMax) {
    const before = cpuSeconds(pid)
    await sleep(2000)
    const after = cpuSeconds(pid)
    if (before === null || after === null || after - before < 0.1) break
  }
  return waited()
}
