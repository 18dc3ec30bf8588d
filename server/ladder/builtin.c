#include "server/ladder/builtin.h"

/* The assembler looks from the root of the repository, where the compiler runs. */
__asm__(".section .rodata\n"
        ".global ladder_builtin\n"
        ".global ladder_builtin_end\n"
        "ladder_builtin:\n"
        ".incbin \"config/ladder.conf\"\n"
        "ladder_builtin_end:\n"
        ".byte 0\n"
        ".previous\n");
