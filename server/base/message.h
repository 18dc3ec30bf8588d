#ifndef AIRCLASS_SERVER_BASE_MESSAGE_H
#define AIRCLASS_SERVER_BASE_MESSAGE_H

enum language { LANGUAGE_ZH, LANGUAGE_EN };

/* What is said to people, in both languages, and its name for programs and tests. Static text. */
struct message {
    const char *code; /* "unknown_class" */
    const char *zh;
    const char *en;
};

#endif
