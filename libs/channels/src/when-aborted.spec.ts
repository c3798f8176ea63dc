import { whenAborted } from './when-aborted';

describe('whoever waits for a signal', () => {
  it('is called back once when it is aborted, and not when they have called it off', () => {
    const controller = new AbortController();
    const [stays, goes] = [jest.fn(), jest.fn()];
    whenAborted(controller.signal, stays);
    whenAborted(controller.signal, goes)();
    expect(stays).not.toHaveBeenCalled();
    controller.abort();
    expect(stays).toHaveBeenCalledTimes(1);
    expect(goes).not.toHaveBeenCalled();
  });

  it('is called back at once when it was aborted before', () => {
    const callBack = jest.fn();
    whenAborted(AbortSignal.abort(), callBack)();
    expect(callBack).toHaveBeenCalledTimes(1);
  });

  it('adds no listener to one that others wait for', () => {
    const { signal } = new AbortController();
    const listen = jest.spyOn(signal, 'addEventListener');
    for (let n = 0; n < 1_000; n++) whenAborted(signal, () => undefined);
    expect(listen).toHaveBeenCalledTimes(1);
  });
});
