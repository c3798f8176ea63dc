import type { DatabaseSync } from 'node:sqlite';
import type { MessageToPublish, Topic, TopicToDeclare, WriteOutcome } from '../protocol.ts';

const DAY_MS = 86_400_000;

/** Topics are kept in memory; `reload` brings them back to what is stored after a transaction that was rolled back. */
export class MessageWrites {
  private readonly db: DatabaseSync;
  private readonly topics = new Map<string, Topic>();
  private readonly touched = new Set<string>();
  private readonly insertMessage;
  private readonly upsertLatest;
  private readonly saveNextOffset;
  private readonly saveGroupOffset;
  private readonly insertTopic;
  private readonly saveRetention;
  private readonly removeMessages;

  constructor(db: DatabaseSync) {
    this.db = db;
    this.insertMessage = db.prepare('INSERT INTO messages (topic, offset, at_ms, key, body) VALUES (?, ?, ?, ?, ?)');
    this.upsertLatest = db.prepare(
      'INSERT INTO latest (topic, key, offset, body) VALUES (?, ?, ?, ?) ' +
        'ON CONFLICT (topic, key) DO UPDATE SET offset = excluded.offset, body = excluded.body',
    );
    this.saveNextOffset = db.prepare('UPDATE topics SET next_offset = ? WHERE id = ?');
    this.saveGroupOffset = db.prepare(
      'INSERT INTO offsets (topic, group_name, next_offset) VALUES (?, ?, ?) ' +
        'ON CONFLICT (topic, group_name) DO UPDATE SET next_offset = max(next_offset, excluded.next_offset)',
    );
    this.insertTopic = db.prepare('INSERT INTO topics (name, epoch, compacted, retention_days, next_offset) VALUES (?, ?, ?, ?, 0)');
    this.saveRetention = db.prepare('UPDATE topics SET retention_days = ? WHERE id = ?');
    // A topic nobody has ever read is behind no group: it goes by age alone. Offsets and times grow together only roughly,
    // so the oldest rows are looked at in order of offset and nothing younger than the limit is taken.
    this.removeMessages = db.prepare(
      `DELETE FROM messages WHERE topic = ?1 AND offset IN (
         SELECT offset FROM messages WHERE topic = ?1
           AND offset < coalesce((SELECT min(next_offset) FROM offsets WHERE topic = ?1), 9007199254740991)
         ORDER BY offset LIMIT ?3) AND at_ms < ?2`,
    );
    this.reload();
  }

  reload(): void {
    this.topics.clear();
    this.touched.clear();
    for (const row of this.db.prepare('SELECT id, name, epoch, compacted, retention_days, next_offset FROM topics').all()) {
      this.topics.set(String(row['name']), {
        id: Number(row['id']),
        name: String(row['name']),
        epoch: String(row['epoch']),
        compacted: row['compacted'] === 1,
        retentionDays: Number(row['retention_days']),
        nextOffset: Number(row['next_offset']),
      });
    }
  }

  all(): readonly Topic[] {
    return [...this.topics.values()];
  }

  declare(wanted: readonly TopicToDeclare[]): WriteOutcome {
    const changed = wanted.find(({ name, compacted }) => (this.topics.get(name)?.compacted ?? compacted) !== compacted);
    if (changed !== undefined) return { kind: 'topic-changed', topic: changed.name };
    for (const { name, epoch, compacted, retentionDays } of wanted) {
      const known = this.topics.get(name);
      if (known === undefined) {
        const id = Number(this.insertTopic.run(name, epoch, compacted ? 1 : 0, retentionDays).lastInsertRowid);
        this.topics.set(name, { id, name, epoch, compacted, retentionDays, nextOffset: 0 });
      } else if (known.retentionDays !== retentionDays) {
        this.saveRetention.run(retentionDays, known.id);
        this.topics.set(name, { ...known, retentionDays });
      }
    }
    return { kind: 'declared', topics: this.all() };
  }

  publish(name: string, atMs: number, messages: readonly MessageToPublish[]): WriteOutcome {
    const topic = this.topics.get(name);
    if (topic === undefined) return { kind: 'no-topic' };
    let offset = topic.nextOffset;
    for (const { key, body } of messages) {
      // A compacted topic forgets at once what was replaced: what its followers owe is the last message of every key.
      if (topic.compacted) this.upsertLatest.run(topic.id, key, offset, body);
      else this.insertMessage.run(topic.id, offset, atMs, key, body);
      offset += 1;
    }
    this.topics.set(name, { ...topic, nextOffset: offset });
    this.touched.add(name);
    return { kind: 'published', firstOffset: topic.nextOffset };
  }

  commitOffset(name: string, group: string, next: number): WriteOutcome {
    const topic = this.topics.get(name);
    if (topic === undefined) return { kind: 'no-topic' };
    this.saveGroupOffset.run(topic.id, group, next);
    return { kind: 'done' };
  }

  removeExpired(nowMs: number, limit: number): WriteOutcome {
    let count = 0;
    for (const topic of this.topics.values()) {
      if (topic.compacted || count >= limit) continue;
      count += Number(this.removeMessages.run(topic.id, nowMs - topic.retentionDays * DAY_MS, limit - count).changes);
    }
    return { kind: 'removed', count };
  }

  /** To be called once before every commit. */
  saveOffsets(): void {
    for (const name of this.touched) {
      const topic = this.topics.get(name);
      if (topic !== undefined) this.saveNextOffset.run(topic.nextOffset, topic.id);
    }
    this.touched.clear();
  }
}
