#ifndef AIRCLASS_SERVER_BASE_TOKEN_H
#define AIRCLASS_SERVER_BASE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Secrets as text: lower-case base32 without look-alikes, 5 bits a letter. 26 letters = 130 bits.
 */
enum { TOKEN_LEN = 26 };

/* Fills `out` with TOKEN_LEN random letters and a NUL. -EIO if the kernel gives no randomness. */
int token_make(char out[TOKEN_LEN + 1]);

/* The same of bytes that are random to who must not guess: 5 bits of each count. */
void token_spell(char out[TOKEN_LEN + 1], const uint8_t raw[TOKEN_LEN]);

/* Whether both texts are equal, in a time that depends on their lengths only. NULL equals nothing.
 */
bool token_equal(const char *a, const char *b);

#endif
