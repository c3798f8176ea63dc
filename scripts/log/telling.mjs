const EVERY_MS = 2_000;

/** A line now and then about something that takes long. */
export class ProgressLines {
  #toldAt = performance.now();
  #doing;
  #since = 0;

  tell(doing, events, of) {
    const now = performance.now();
    if (doing !== this.#doing) {
      this.#doing = doing;
      this.#since = now;
    }
    if (now - this.#toldAt < EVERY_MS) return;
    this.#toldAt = now;
    const seconds = Math.max(0.001, (now - this.#since) / 1_000);
    console.log(`${doing}: ${events}${of === undefined ? '' : ` of ${of}`} events, ${Math.round(events / seconds)} a second`);
  }
}

/** Says what went wrong in one line. Ends the process: clients of servers leave timers behind that would keep it for minutes. */
export async function end(running) {
  try {
    await running;
    process.exit(0);
  } catch (error) {
    console.error(`tocsin: ${error.message}`);
    process.exit(1);
  }
}
