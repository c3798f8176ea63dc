import { Crowd } from './crowd';

const at = () => {
  const clock = { ms: 0 };
  return { clock, crowd: new Crowd(() => clock.ms) };
};

describe('a crowd', () => {
  it('is remembered for a while after all were answered at once', () => {
    const { clock, crowd } = at();
    for (let n = 0; n < 40; n++) crowd.enter();
    for (let n = 0; n < 40; n++) crowd.leave();
    clock.ms = 50;
    expect(crowd.size()).toBe(40);
    clock.ms = 51;
    expect(crowd.size()).toBe(0);
  });

  it('is as large as those who wait, however long they do', () => {
    const { clock, crowd } = at();
    for (let n = 0; n < 3; n++) crowd.enter();
    clock.ms = 10_000;
    expect(crowd.size()).toBe(3);
  });

  it('is no longer remembered when only a few came since', () => {
    const { clock, crowd } = at();
    for (let n = 0; n < 40; n++) crowd.enter();
    for (let n = 0; n < 40; n++) crowd.leave();
    clock.ms = 60;
    crowd.enter();
    expect(crowd.size()).toBe(1);
  });
});
