import type { Construct } from 'constructs';
import type { TelemetrySpec } from '../fleet/spec.ts';
import {
  ApiObject,
  JsonPatch,
  NetworkPolicy,
  NetworkPolicyIpBlock,
  NetworkPolicyPort,
  NetworkPolicyTrafficDefault,
  Pods,
  Service,
} from './cdk8s.ts';
import type { ServerPlan } from './server-container.ts';

const DNS_PORT = 53;

/** The port that a URL speaks to. */
function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  if (port !== '') return Number(port);
  return protocol === 'http:' ? 80 : 443;
}

export interface Exposure {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What selects the pods. */
  readonly selector: Readonly<Record<string, string>>;
  readonly server: ServerPlan;
  readonly telemetry: TelemetrySpec | undefined;
  /** Who answers a request: the device that it was made on, any device of the cluster, or what others arrange. */
  readonly service: 'device' | 'cluster' | 'none';
}

/**
 * Who may talk to a server and whom its pod may talk to: pods of the namespace ask it; it asks nobody, except that
 * its telemetry resolves names and sends to the receiver's port. A policy knows addresses, not names, so any address.
 */
export function exposeServer(scope: Construct, exposure: Exposure): void {
  const { name, labels, selector, server, telemetry } = exposure;
  const pods = Pods.select(scope, 'pods', { labels: { ...selector } });
  const ports = [
    { name: 'http', port: server.http, targetPort: server.http },
    ...(server.grpc === undefined ? [] : [{ name: 'grpc', port: server.grpc, targetPort: server.grpc }]),
  ];
  if (exposure.service !== 'none') {
    const service = new Service(scope, 'service', {
      metadata: { name, labels: { ...labels } },
      selector: pods,
      ports,
    });
    // A device's requests are answered on the device: by another one they would cross the site's network, and the
    // failures of one device would count as another's.
    if (exposure.service === 'device')
      ApiObject.of(service).addJsonPatch(JsonPatch.add('/spec/internalTrafficPolicy', 'Local'));
  }

  const policy = new NetworkPolicy(scope, 'policy', {
    metadata: { name, labels: { ...labels } },
    selector: pods,
    ingress: { default: NetworkPolicyTrafficDefault.DENY },
    egress: { default: NetworkPolicyTrafficDefault.DENY },
  });
  policy.addIngressRule(
    Pods.all(scope, 'neighbours'),
    ports.map(({ port }) => NetworkPolicyPort.tcp(port)),
  );
  if (telemetry === undefined) return;
  const anywhere = [
    NetworkPolicyIpBlock.anyIpv4(scope, 'ipv4'),
    NetworkPolicyIpBlock.ipv6(scope, 'ipv6', '::/0'),
  ];
  const wanted = [
    NetworkPolicyPort.udp(DNS_PORT),
    NetworkPolicyPort.tcp(DNS_PORT),
    NetworkPolicyPort.tcp(portOf(telemetry.remoteWrite.url)),
  ];
  for (const block of anywhere) policy.addEgressRule(block, wanted);
}
