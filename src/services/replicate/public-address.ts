import { BlockList, isIP } from "node:net";

/** IPv4 networks that are nobody's, or somebody's own (IANA's registry of special-purpose addresses). */
const own4: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  // Shared by a provider's customers (CGNAT).
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Link-local, with the clouds' metadata at 169.254.169.254.
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  // Multicast, reserved and broadcast.
  ["224.0.0.0", 3],
];

const own6: readonly (readonly [network: string, prefix: number])[] = [
  // Unspecified, loopback, and IPv4 written the old way.
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  // Teredo and 6to4 carry any IPv4 address inside.
  ["2001::", 32],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];

// Two lists, because one would hold every IPv4 address against the rule for ::ffff:0:0/96.
const refused4 = new BlockList();
const refused6 = new BlockList();
for (const [network, prefix] of own4) {
  refused4.addSubnet(network, prefix, "ipv4");
  // Where there is only IPv6, a translator (NAT64) reaches IPv4 under this prefix; not its own networks, though.
  refused6.addSubnet(`64:ff9b::${network}`, 96 + prefix, "ipv6");
}
for (const [network, prefix] of own6) refused6.addSubnet(network, prefix, "ipv6");

/** Whether an IP address is on the public internet; false for whatever is no IP address. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !refused4.check(address, "ipv4");
  return family === 6 && !refused6.check(address, "ipv6");
}
