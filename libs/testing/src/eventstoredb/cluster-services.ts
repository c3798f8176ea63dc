import { randomUUID } from 'node:crypto';
import { ClusterInfo, EndPoint, MemberInfo } from '@eventstore/db-client/generated/gossip_pb';
import type { IGossipServer } from '@eventstore/db-client/generated/gossip_grpc_pb';
import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import type { IServerFeaturesServer } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { UUID } from '@eventstore/db-client/generated/shared_pb';

/** A cluster of one, which leads itself. */
export function gossipService(address: () => { readonly host: string; readonly port: number }, now: () => number): IGossipServer {
  const instance = new UUID().setString(randomUUID());
  return {
    read: (_call, callback) => {
      const { host, port } = address();
      const member = new MemberInfo();
      member.setInstanceId(instance);
      member.setTimeStamp(String(now()));
      member.setState(MemberInfo.VNodeState.LEADER);
      member.setIsAlive(true);
      member.setHttpEndPoint(new EndPoint().setAddress(host).setPort(port));
      callback(null, new ClusterInfo().setMembersList([member]));
    },
  };
}

export function featuresService(version: string): IServerFeaturesServer {
  return {
    getSupportedMethods: (_call, callback) => {
      const methods = new SupportedMethods();
      methods.setEventStoreServerVersion(version);
      for (const name of ['append', 'batchappend', 'read', 'delete', 'tombstone']) {
        methods.addMethods(new SupportedMethod().setMethodName(name).setServiceName('event_store.client.streams.streams'));
      }
      callback(null, methods);
    },
  };
}
