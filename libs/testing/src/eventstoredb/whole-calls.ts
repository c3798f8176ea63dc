import { ServerInterceptingCall, ServerListenerBuilder } from '@grpc/grpc-js';
import type { ServerInterceptor } from '@grpc/grpc-js';

/**
 * To the gRPC library a connection that breaks looks at first as if the client had said all it wanted; that it was broken off
 * it learns in the same turn. Half an append must not be taken for a whole one; other calls say in their messages what is whole.
 */
export const wholeCallsOnly: ServerInterceptor = ({ requestStream, responseStream }, call) =>
  requestStream && !responseStream
    ? new ServerInterceptingCall(call, {
        start: (next) => next(new ServerListenerBuilder().withOnReceiveHalfClose((done) => void setImmediate(done)).build()),
      })
    : // An interceptor that changes nothing would cost each message; what it is given here is of the type it returns.
      (call as ServerInterceptingCall);
