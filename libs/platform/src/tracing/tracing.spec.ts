import { parseTraceParent, traceFields } from './tracing';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a traceparent', () => {
  it('names the trace, the span and its flags', () => {
    expect(parseTraceParent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, flags: 1 });
  });

  it('of a later version is read as far as it is known', () => {
    expect(parseTraceParent(`01-${TRACE}-${SPAN}-00-more`)).toEqual({ traceId: TRACE, spanId: SPAN, flags: 0 });
  });

  it.each([
    ['nothing', undefined],
    ['several headers', [`00-${TRACE}-${SPAN}-01`]],
    ['another text', 'a-b-c'],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['the version that is forbidden', `ff-${TRACE}-${SPAN}-01`],
    ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['more after the flags', `00-${TRACE}-${SPAN}-011`],
  ])('is none when it is %s', (_what, text) => {
    expect(parseTraceParent(text)).toBeUndefined();
  });

  it('gives a log line the id of its trace, or no field', () => {
    expect(traceFields(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE });
    expect(traceFields('00-a-b-01')).toEqual({});
  });
});
