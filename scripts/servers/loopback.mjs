import { connect, createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/**
 * Ports that nobody listens on. All are held until the last one is found, so that they differ.
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const holders = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve, reject) => {
          const holder = createServer();
          holder.once('error', reject);
          holder.listen(0, LOOPBACK, () => resolve(holder));
        }),
    ),
  );
  const ports = holders.map((holder) => holder.address().port);
  await Promise.all(holders.map((holder) => new Promise((resolve) => holder.close(resolve))));
  return ports;
}

/** @param {number} port */
export function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port });
    const answer = (isAccepted) => () => {
      socket.destroy();
      resolve(isAccepted);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
}
