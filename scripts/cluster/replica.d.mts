export class Replica {
  constructor(options: {
    readonly service: string;
    readonly number: number;
    readonly env: Readonly<Record<string, string>>;
    readonly restart: boolean;
    readonly say: (line: string) => void;
  });
  readonly service: string;
  /** Empty until it has served. */
  readonly url: string;
  readonly pid: number | undefined;
  start(): Promise<void>;
  stop(): Promise<void>;
}
