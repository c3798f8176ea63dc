import type { ActionKind } from '@tocsin/alert-actions';
import { rejected } from '@tocsin/domain';
import type { AlertActionType, ConnectorType } from '@tocsin/domain';

type ConnectorKind = NonNullable<ActionKind['connector']>;

/** The kinds of actions there are, by their types. */
export class Kinds {
  constructor(private readonly kinds: readonly ActionKind[]) {}

  get(type: AlertActionType): ActionKind | undefined {
    return this.kinds.find((kind) => kind.type === type);
  }

  connector(type: ConnectorType): ConnectorKind | undefined {
    return this.connectors().find((connector) => connector.type === type);
  }

  /** @throws Rejection `invalid` that lists what is possible */
  named(type: string): ActionKind {
    const kind = this.kinds.find((each) => each.type === type.toLowerCase());
    if (kind === undefined) throw notOneOf('connectorType', this.kinds);
    return kind;
  }

  /** @throws Rejection `invalid` that lists what is possible */
  connectorNamed(type: string): ConnectorKind {
    const connector = this.connectors().find((each) => each.type === type.toLowerCase());
    if (connector === undefined) throw notOneOf('type', this.connectors());
    return connector;
  }

  private connectors(): readonly ConnectorKind[] {
    return this.kinds.flatMap(({ connector }) => (connector === undefined ? [] : [connector]));
  }
}

const notOneOf = (field: string, possible: readonly { readonly type: string }[]) => {
  const fix = `must be one of ${possible.map(({ type }) => type).join(', ')}`;
  return rejected('invalid', `${field}: ${fix}`, { field, message: fix });
};
