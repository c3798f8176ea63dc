/** What comes of it, or `late` in its place: a driver's own time-outs do not cover everything that it waits for. */
export const inTime = async <Outcome>(work: Promise<Outcome>, withinMs: number, late: Outcome): Promise<Outcome> => {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<Outcome>((resolve) => (timer = setTimeout(() => resolve(late), withinMs)));
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
};
