//go:build !noembed

package temporald

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/headers"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/schema"
	"go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"

	"segue/internal/failpoint"
)

const defaultRetention = 14 * 24 * time.Hour

// openStore returns the description of the server's database, and makes the file
// when it is not there, or damaged. A half-made file can never be found under the final name.
func openStore(ctx context.Context, o Options) (*config.SQL, error) {
	name, err := fileName()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(o.Dir, name)
	if err := provide(ctx, path, o); err != nil {
		return nil, fmt.Errorf("prepare %s: %w", path, err)
	}
	// Attribute keys have no leading underscore: an unknown one would be passed
	// on as a pragma that SQLite ignores in silence.
	return database(path, map[string]string{
		"mode": "rwc", "journal_mode": "wal", "synchronous": "normal", "busy_timeout": anew(10 * time.Second),
	}), nil
}

// anew is a timeout in milliseconds, a little longer each time. The server keeps a connection for each
// description of a database for as long as the process lives: a second server in the same process
// would be given that of the first, whose file may be gone.
func anew(timeout time.Duration) string {
	return fmt.Sprint(timeout.Milliseconds() + 1 + rand.Int64N(5000)) //nolint:gosec // no secret
}

// fileName returns temporal-<hash>.db. The file has no schema version and no
// migrations, so its name carries a hash of both schemas, of what is dropped from
// them, of how it is sealed and of the server's minor version: another hash means another, empty file.
func fileName() (string, error) {
	sum := sha256.New()
	for _, name := range []string{"sqlite/v3/temporal/schema.sql", "sqlite/v3/visibility/schema.sql"} {
		text, err := fs.ReadFile(schema.Assets(), name)
		if err != nil {
			return "", fmt.Errorf("read the embedded schema %s: %w", name, err)
		}
		sum.Write(text)
	}
	sum.Write([]byte(spare + layout))
	sum.Write([]byte(minor(headers.ServerVersion)))
	return "temporal-" + hex.EncodeToString(sum.Sum(nil))[:12] + ".db", nil
}

// minor cuts the patch level off a version.
func minor(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// provide sees to it that there is a sound file at path. A damaged one is put
// aside: nothing is only there, the ledger starts again what it has held.
func provide(ctx context.Context, path string, o Options) error {
	err := inspect(ctx, path)
	if d, ok := errors.AsType[damage](err); ok {
		o.Logger.WarnContext(ctx, "Temporal's file is damaged and is put aside; what is unfinished starts again from the ledger",
			"file", path, "aside", path+aside, "cause", d.cause)
		if err := putAside(path); err != nil {
			return err
		}
		return create(ctx, path, o)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return create(ctx, path, o)
	}
	return err
}

// create builds schema and namespace under a temporary name and renames it. A log
// left by a file that is gone would be taken for the new one's, and goes first.
func create(ctx context.Context, path string, o Options) error {
	building := path + ".building"
	if err := remove(building, building+"-journal", path+"-wal", path+"-shm"); err != nil {
		return err
	}
	db := database(building, map[string]string{"mode": "rwc", "journal_mode": "delete", "synchronous": "off", "busy_timeout": anew(time.Second)})
	if err := sqlite.SetupSchema(db); err != nil {
		return err
	}
	if err := dropIndexes(ctx, building); err != nil {
		return err
	}
	failpoint.Hit(failpoint.EngineSchema)
	ns, err := namespace(o)
	if err != nil {
		return err
	}
	if err := sqlite.CreateNamespaces(db, ns); err != nil {
		return err
	}
	if err := seal(ctx, building); err != nil {
		return err
	}
	if err := persist(building); err != nil {
		return err
	}
	return os.Rename(building, path)
}

func namespace(o Options) (*sqlite.NamespaceConfig, error) {
	attributes := make(map[string]enumspb.IndexedValueType, len(o.Attributes))
	for _, name := range o.Attributes {
		attributes[name] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
	}
	ns, err := sqlite.NewNamespaceConfig(clusterName, Namespace, false, attributes)
	if err != nil {
		return nil, err
	}
	retention := o.Retention
	if retention == 0 {
		retention = defaultRetention
	}
	ns.Detail.Config.Retention = durationpb.New(retention)
	return ns, nil
}

// persist makes the file durable and private: it was written without syncing.
func persist(path string) error {
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// database describes one SQLite file. One connection: more are slower and may fail with SQLITE_BUSY_SNAPSHOT.
func database(path string, attributes map[string]string) *config.SQL {
	return &config.SQL{
		PluginName:        sqliteplugin.PluginName,
		DatabaseName:      path,
		ConnectAttributes: attributes,
		MaxConns:          1,
		MaxIdleConns:      1,
	}
}
