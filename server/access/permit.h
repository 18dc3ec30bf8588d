#ifndef AIRCLASS_SERVER_ACCESS_PERMIT_H
#define AIRCLASS_SERVER_ACCESS_PERMIT_H

/* What a route of the HTTP API wants of who asks; who has it is said by the rows in permits.c. */
enum permit {
    PERMIT_ANYBODY,
    PERMIT_CONSOLE,          /* who has the admin token, on this machine */
    PERMIT_SIGNED_IN,        /* staff, pupils, guests: they are told of themselves */
    PERMIT_LIST_SCHOOLS,     /* names of the district and its schools */
    PERMIT_CHANGE_DISTRICT,  /* its name, schools, calendar, rules */
    PERMIT_READ_SCHOOL,      /* a school and its classes */
    PERMIT_CHANGE_SCHOOL,    /* its classes */
    PERMIT_READ_PEOPLE,      /* who is at home in a school, and what they are */
    PERMIT_CHANGE_PEOPLE,    /* people, what they are, invitations, erasure */
    PERMIT_READ_CLASS,       /* who is in a class, its roll */
    PERMIT_GIVE_CODES,       /* what lets others in: entry codes, day passes, a class's calendar */
    PERMIT_READ_PERSON,      /* all that is kept about one */
    PERMIT_IMPORT,           /* lists; which school's, is asked again when that is known */
    PERMIT_EXPORT,           /* lists of a school or the district */
    PERMIT_READ_TIMETABLE,   /* of the district or a school */
    PERMIT_FOLLOW_LESSONS,   /* how the lessons of the district, or a school, go just now */
    PERMIT_CHANGE_TIMETABLE, /* of a school: entries, closures, publication */
    PERMIT_READ_AUDIT,
    PERMITS
};

#endif
