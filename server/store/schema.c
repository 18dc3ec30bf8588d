#include "server/store/schema.h"

#include <stddef.h>

/* The assembler looks from the root of the repository, where the compiler runs. */
#define STEP(symbol, name)                                                                         \
    __asm__(".section .rodata\n"                                                                   \
            ".global " symbol "\n" symbol ":\n"                                                    \
            ".incbin \"server/store/schema/" name ".sql\"\n"                                       \
            ".byte 0\n"                                                                            \
            ".previous\n")

extern const char schema_lessons[], schema_people[], schema_audit[], schema_revision[],
    schema_door[], schema_plan[], schema_erasure[], schema_reason[], schema_visits[], schema_ends[],
    schema_class_feed[], schema_audit_ways[], schema_school[];
STEP("schema_lessons", "0001-lessons");
STEP("schema_people", "0002-people");
STEP("schema_audit", "0003-audit");
STEP("schema_revision", "0004-revision");
STEP("schema_door", "0005-door");
STEP("schema_plan", "0006-plan");
STEP("schema_erasure", "0007-erasure");
STEP("schema_reason", "0008-reason");
STEP("schema_visits", "0009-visits");
STEP("schema_ends", "0010-ends");
STEP("schema_class_feed", "0011-class-feed");
STEP("schema_audit_ways", "0012-audit-ways");
STEP("schema_school", "0013-school");

const struct migration schema_migrations[] = {
    {"0001-lessons",    schema_lessons   },
    {"0002-people",     schema_people    },
    {"0003-audit",      schema_audit     },
    {"0004-revision",   schema_revision  },
    {"0005-door",       schema_door      },
    {"0006-plan",       schema_plan      },
    {"0007-erasure",    schema_erasure   },
    {"0008-reason",     schema_reason    },
    {"0009-visits",     schema_visits    },
    {"0010-ends",       schema_ends      },
    {"0011-class-feed", schema_class_feed},
    {"0012-audit-ways", schema_audit_ways},
    {"0013-school",     schema_school    },
    {NULL,              NULL             },
};

int schema_latest(const struct migration *list)
{
    int n = 0;
    while (list[n].name)
        n++;
    return n;
}

int schema_version(struct db *db, int *out)
{
    struct db_rows rows;
    int err = db_has_table(db, "schema_version");
    if (err <= 0) {
        *out = err ? *out : 0;
        return err;
    }
    err = db_select(&rows, db, "SELECT COALESCE(MAX(version), 0) FROM schema_version", DB_NONE);
    if (!err)
        err = db_next(&rows);
    if (err > 0)
        *out = (int)db_int(&rows, 0);
    db_end(&rows);
    return err < 0 ? err : 0;
}

static int take_step(struct db *db, const struct migration *step, int version)
{
    int err = db_begin(db);
    if (err)
        return err;
    if (version == 1)
        err = db_script(db, "CREATE TABLE schema_version (version SMALLINT NOT NULL PRIMARY KEY)");
    if (!err)
        err = db_script(db, step->sql);
    if (!err)
        err = db_run(db, "INSERT INTO schema_version (version) VALUES ($1)",
                     DB_VALUES(DB_INT(version)));
    if (err < 0) {
        db_rollback(db);
        return err;
    }
    return db_commit(db);
}

int schema_migrate(struct db *db, const struct migration *list)
{
    int version = 0;
    int err = schema_version(db, &version);
    for (int latest = schema_latest(list); !err && version < latest; version++)
        err = take_step(db, &list[version], version + 1);
    return err;
}
