-- A message that was written anew begins a branch: what follows whom is said by
-- each message. It is the seq of the person's message before it on its branch, 0
-- for none; of an answer, of the message it answers.

ALTER TABLE messages ADD COLUMN parent BIGINT NOT NULL DEFAULT 0;
UPDATE messages SET parent = coalesce((SELECT p.seq FROM messages p
	WHERE p.conversation_id = messages.conversation_id AND p.role = 'person' AND p.seq < messages.seq
	ORDER BY p.seq DESC LIMIT 1), 0);
CREATE INDEX messages_parent ON messages (conversation_id, parent);
