#ifndef AIRCLASS_SERVER_IMPORTER_WRONG_H
#define AIRCLASS_SERVER_IMPORTER_WRONG_H

#include "server/base/message.h"

/* Why an import as a whole comes to nothing. Private to this folder. */
enum import_wrong {
    IMPORT_NO_MEMORY,
    IMPORT_CHANGED,
    IMPORT_GUARDED,
    IMPORT_LAST_ADMIN,
    IMPORT_NOT_SAVED,
    IMPORT_WRONGS
};

const struct message *import_message(enum import_wrong wrong);

#endif
