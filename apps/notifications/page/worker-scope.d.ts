/** The part of a service worker's world that the worker uses: the types of a page and of a worker exclude each other. */
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface WorkerEvents {
  readonly install: Extendable;
  readonly activate: Extendable;
  readonly fetch: Extendable & { readonly request: Request; respondWith(answer: Promise<Response>): void };
  readonly push: Extendable & { readonly data: { json(): never } };
  readonly notificationclick: Extendable & { readonly notification: Notification; readonly action: string };
  readonly sync: Extendable & { readonly tag: string };
  readonly pushsubscriptionchange: Extendable & { readonly oldSubscription: PushSubscription | null };
}

interface PageOfWorker {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: string): void;
}

export interface WorkerScope {
  readonly registration: ServiceWorkerRegistration;
  readonly location: Location;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { readonly type: 'window' }): Promise<readonly PageOfWorker[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener<Type extends keyof WorkerEvents>(type: Type, listener: (event: WorkerEvents[Type]) => void): void;
}
