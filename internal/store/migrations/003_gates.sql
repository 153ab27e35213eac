-- Pauses that services have asked for. All processes of this database keep to them.

CREATE TABLE gates (
	name       TEXT   NOT NULL PRIMARY KEY, -- base URL of the service and client id
	not_before BIGINT NOT NULL,             -- of the next call
	reason     TEXT   NOT NULL              -- a sentence for people
);
