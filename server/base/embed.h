#ifndef AIRCLASS_SERVER_BASE_EMBED_H
#define AIRCLASS_SERVER_BASE_EMBED_H

/*
 * Puts a file into the program: `name` are its bytes, `name`_end the one behind them. The assembler
 * looks from the root of the repository, where the compiler runs; the Makefile says that the object
 * depends on the file.
 */
#define EMBED(name, path)                                                                          \
    __asm__(".section .rodata\n"                                                                   \
            ".global " #name "\n"                                                                  \
            ".global " #name "_end\n" #name ":\n"                                                  \
            ".incbin \"" path "\"\n" #name "_end:\n"                                               \
            ".byte 0\n"                                                                            \
            ".previous\n");

#endif
