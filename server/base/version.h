#ifndef AIRCLASS_SERVER_BASE_VERSION_H
#define AIRCLASS_SERVER_BASE_VERSION_H

/* What --version, the metrics and the API root say. */
#define AIRCLASS_VERSION "0.1.0"

#endif
