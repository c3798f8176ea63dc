/** The seed of this run: printed, and taken from the environment to repeat one. */
export const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

process.stdout.write(`promises: SEED=${seed}\n`);
