import { fork } from 'node:child_process'

/**
 * Runs a file of this folder in a process of its own, because a process opens one engine directory
 * in its life. Resolves to what it answers.
 */
export function ask<Question, Answer>(file: string, question: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL(file, import.meta.url), { serialization: 'advanced' })
    let isAnswered = false
    child.once('message', (message) => {
      isAnswered = true
      resolve(message as Answer)
    })
    child.once('exit', (code) => {
      if (!isAnswered) reject(new Error(`${file} ended with ${code}.`))
    })
    child.send(question as object)
  })
}

/** In such a process: works on the question and answers it. */
export async function answer<Question, Answer>(
  work: (question: Question) => Promise<Answer>,
): Promise<void> {
  const question = await new Promise<Question>((resolve) =>
    process.once('message', (message) => resolve(message as Question)),
  )
  const result = await work(question)
  await new Promise((resolve) => process.send?.(result, resolve))
  process.exit(0) // the engine's threads would keep the process
}
