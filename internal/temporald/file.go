//go:build !noembed

package temporald

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
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
// when it is not there. A half-made file can never be found under the final name.
func openStore(ctx context.Context, o Options) (*config.SQL, error) {
	name, err := fileName()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(o.Dir, name)
	_, err = os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = create(ctx, path, o)
	}
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", path, err)
	}
	// Attribute keys have no leading underscore: an unknown one would be passed
	// on as a pragma that SQLite ignores in silence.
	return database(path, map[string]string{
		"mode": "rwc", "journal_mode": "wal", "synchronous": "normal", "busy_timeout": "10000",
	}), nil
}

// fileName returns temporal-<hash>.db. The file has no schema version and no
// migrations, so its name carries a hash of both schemas, of what is dropped from
// them and of the server's minor version: another hash means another, empty file.
func fileName() (string, error) {
	sum := sha256.New()
	for _, name := range []string{"sqlite/v3/temporal/schema.sql", "sqlite/v3/visibility/schema.sql"} {
		text, err := fs.ReadFile(schema.Assets(), name)
		if err != nil {
			return "", fmt.Errorf("read the embedded schema %s: %w", name, err)
		}
		sum.Write(text)
	}
	sum.Write([]byte(spare))
	sum.Write([]byte(minor(headers.ServerVersion)))
	return "temporal-" + hex.EncodeToString(sum.Sum(nil))[:12] + ".db", nil
}

// minor cuts the patch level off a version.
func minor(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// create builds schema and namespace under a temporary name and renames it.
func create(ctx context.Context, path string, o Options) error {
	building := path + ".building"
	if err := os.Remove(building); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	db := database(building, map[string]string{"mode": "rwc", "journal_mode": "delete", "synchronous": "off"})
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
