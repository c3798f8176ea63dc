/** A server that was started here, as a process or in a container. */
export interface RunningServer {
  readonly pid: number;
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

export function startProcess(options: {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly isReady: (output: string) => boolean | Promise<boolean>;
  readonly readyMs?: number;
  readonly stopMs?: number;
}): Promise<RunningServer>;
