/** Names of ports and addresses as /etc has them. Nobody on the net is asked. */
import type { HostFiles } from './host.js';

export interface NetworkNames {
  service(port: number): string | undefined;
  host(address: string): string | undefined;
}

/** Words of every line that says something. */
const lines = (text: string | undefined): string[][] =>
  (text ?? '')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter((words) => words.length > 1);

export function networkNames(files: HostFiles): NetworkNames {
  let services: Map<number, string> | undefined;
  let hosts: Map<string, string> | undefined;
  return {
    service(port) {
      // The first of several names counts.
      services ??= new Map(
        lines(files.readText('/etc/services'))
          .map(([name = '', place = '']): [number, string] => [Number.parseInt(place, 10), name])
          .reverse(),
      );
      return services.get(port);
    },
    host(address) {
      hosts ??= new Map(
        lines(files.readText('/etc/hosts'))
          .map(([at = '', name = '']): [string, string] => [at, name])
          .reverse(),
      );
      return hosts.get(address);
    },
  };
}
