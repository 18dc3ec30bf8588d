#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "server/csv/head.h"
#include "server/roster/judge.h"

/* Who looks after whom. */

/* False: refused. */
static bool is_pupil_meant(struct roster *r, const struct draft *d, const struct item *pupil)
{
    const char *name = d->value[FIELD_WARD_NAME];
    if (is_of_staff(r, pupil))
        refuse(r, d, d->is_agent ? FIELD_AGENTS : FIELD_WARD, ROSTER_NOT_A_PUPIL);
    else if (name && strcmp(name, pupil->record.name) != 0)
        refuse(r, d, FIELD_WARD_NAME, ROSTER_OTHER_NAME);
    else
        return true;
    return false;
}

/* NULL: refused, or gone as is wanted. */
static struct item *pupil_of(struct roster *r, const struct draft *d)
{
    enum field field = d->is_agent ? FIELD_HOME : FIELD_SCHOOL;
    const struct item *school = school_of(r, d, field);
    bool is_ambiguous = false;
    if (!school || (!d->is_agent && !may_touch(r, d, field, school->record.school)))
        return NULL;
    struct item *pupil =
        find_person(r, school->record.school, d->value[FIELD_WARD], d->is_agent, &is_ambiguous);
    if (!pupil && !d->wants_away)
        refuse(r, d, d->is_agent ? FIELD_AGENTS : FIELD_WARD,
               is_ambiguous ? ROSTER_AMBIGUOUS : ROSTER_UNKNOWN_PUPIL);
    return pupil && is_pupil_meant(r, d, pupil) ? pupil : NULL;
}

static struct roster_record pair_of(const struct item *pupil, const struct roster_record *guardian)
{
    return (struct roster_record){.kind = ROSTER_GUARDIAN,
                                  .school = pupil->record.home,
                                  .klass = "",
                                  .home = guardian->home,
                                  .person = guardian->person,
                                  .name = guardian->name,
                                  .ward = pupil->record.person,
                                  .ward_name = pupil->record.name};
}

static bool looks_after(const struct roster *r, const struct item *pupil,
                        const struct roster_record *guardian)
{
    const struct roster_record pair = pair_of(pupil, guardian);
    return items_find(&r->table, &pair) != NULL;
}

/* ---- whom a row means ---- */

enum { WITHIN_SIZE = 2 * CODE_SIZE };

/* Two texts as one; no code has a line's end in it. */
static const char *within(char out[WITHIN_SIZE], const char *a, const char *b)
{
    snprintf(out, WITHIN_SIZE, "%s\n%s", a, b);
    return out;
}

void name_guardian(struct roster *r, struct item *pair)
{
    char at[WITHIN_SIZE];
    const struct roster_record *rec = &pair->record;
    must(r, items_name(&r->table, pair, within(at, rec->school, rec->ward), rec->name));
}

/* Who is called so of those that look after the pupil. NULL: nobody, or several. */
static const struct item *find_named(const struct roster *r, const struct item *pupil,
                                     const char *name, bool *is_ambiguous)
{
    char at[WITHIN_SIZE];
    within(at, pupil->record.home, pupil->record.person);
    return items_find_named(&r->table, ROSTER_GUARDIAN, at, name, is_ambiguous);
}

/* 50 bits: of 3,000 guardians two meet in one school of 200 million. Keyed: 学号 are few, and who
 * has a code could try them all. */
static uint64_t hash_of(const struct roster *r, const char *text)
{
    uint8_t raw[crypto_shorthash_BYTES];
    uint64_t hash;
    static_assert(sizeof(hash) == sizeof(raw) && ROSTER_KEY_SIZE == crypto_shorthash_KEYBYTES,
                  "SipHash");
    crypto_shorthash(raw, (const uint8_t *)text, strlen(text), r->options.key);
    memcpy(&hash, raw, sizeof(hash));
    return hash;
}

/* FNV-1a, in the codes that were made before there was a key; those who have one keep it. */
static uint64_t early_hash_of(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 32;
}

static void print_code(char out[CODE_SIZE], uint64_t hash, const char *relation)
{
    static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
    enum { LETTERS = 10 };
    char text[LETTERS + 1] = "";
    for (size_t i = 0; i < LETTERS; i++, hash >>= 5)
        text[i] = letters[hash & 31];
    snprintf(out, CODE_SIZE, "%s-%s", text, relation);
}

/* However a school words it, father is father. NULL: something else. */
static const char *relation_word(const char *folded)
{
    static const struct {
        const char *word, *names;
    } relations[] = {
        {"父",       "父|父亲|爸爸|爸|father|dad"    },
        {"母",       "母|母亲|妈妈|妈|mother|mum|mom"},
        {"祖父",    "祖父|爷爷|grandfather"           },
        {"祖母",    "祖母|奶奶|grandmother"           },
        {"外祖父", "外祖父|外公|姥爷"             },
        {"外祖母", "外祖母|外婆|姥姥"             },
    };
    for (size_t i = 0; i < sizeof(relations) / sizeof(*relations); i++) {
        if (csv_is_one_of(folded, relations[i].names))
            return relations[i].word;
    }
    return NULL;
}

/* A code for whom their school gave none, the same each time: "fnjnk9majy-父". Neither the pupil's
 * own nor what else a school writes beside them is in it: who is erased leaves no byte, in nobody's
 * code. */
static void make_code(const struct roster *r, const struct draft *d, const struct item *pupil,
                      bool is_early, char out[CODE_SIZE])
{
    char at[WITHIN_SIZE], all[WITHIN_SIZE + CODE_SIZE];
    const char *said = d->value[FIELD_RELATION] ? d->value[FIELD_RELATION] : "家长";
    const char *word = relation_word(said);
    within(at, pupil->record.person, word ? word : said);
    snprintf(all, sizeof(all), "%s\n%s", pupil->record.home, at);
    print_code(out, is_early ? early_hash_of(at) : hash_of(r, all), word ? word : "家长");
}

/* Who has the code that we make may be somebody of whose pupil nobody knows any more: another has
 * the pupil's code now. They are not given the new one's child. */
static bool is_former(const struct roster *r, const struct item *pupil,
                      const struct roster_record *who)
{
    const struct item *there = items_find(&r->table, who);
    return there && there->is_known && !looks_after(r, pupil, who) &&
           strcmp(there->record.name, who->name) != 0;
}

/*
 * Without a code, whoever of that name looks after the pupil already is meant, whatever their code
 * is; where two are called so, or nobody, who has the code that we make. False: refused.
 */
static bool find_meant(struct roster *r, const struct draft *d, const struct item *pupil,
                       char code[CODE_SIZE], struct roster_record *who)
{
    bool is_ambiguous;
    const struct item *pair = find_named(r, pupil, who->name, &is_ambiguous);
    if (pair) {
        who->home = pair->record.home;
        who->person = pair->record.person;
        return true;
    }
    who->person = code;
    make_code(r, d, pupil, true, code);
    if (looks_after(r, pupil, who))
        return true;
    make_code(r, d, pupil, false, code);
    if (is_ambiguous && !looks_after(r, pupil, who))
        refuse(r, d, FIELD_NAME, ROSTER_AMBIGUOUS);
    else if (!d->wants_away && is_former(r, pupil, who))
        refuse(r, d, FIELD_NAME, ROSTER_FORMER_GUARDIAN);
    else
        return true;
    return false;
}

/* False: refused. */
static bool may_be_guardian(struct roster *r, const struct draft *d, const struct item *pupil,
                            const struct roster_record *who)
{
    const struct item *there = items_find(&r->table, who);
    bool is_renamed = there && strcmp(there->record.name, who->name) != 0;
    /* Somebody of another school, as an export has them, is fine as they are. Of others there a
     * school is not even told who they are. */
    bool is_as_it_was = there && !is_renamed && looks_after(r, pupil, who);
    if (!is_as_it_was && !may_touch(r, d, FIELD_HOME, who->home))
        return false;
    if (there && there->is_pupil)
        refuse(r, d, FIELD_PERSON, ROSTER_NOT_A_GUARDIAN);
    else if (there && is_of_staff(r, there) && is_renamed)
        refuse(r, d, FIELD_NAME, ROSTER_OTHER_NAME);
    else
        return true;
    return false;
}

/* Of a list of guardians, whose row says the person, too. NULL: refused, or nobody is to go. */
static struct item *guardian_of(struct roster *r, struct draft *d, const struct item *pupil)
{
    char code[CODE_SIZE];
    const struct item *school = d->value[FIELD_HOME] ? school_of(r, d, FIELD_HOME) : NULL;
    if (d->value[FIELD_HOME] && !school)
        return NULL;
    struct roster_record who = {.kind = ROSTER_PERSON,
                                .school = "",
                                .klass = "",
                                .home = school ? school->record.school : pupil->record.home,
                                .person = d->value[FIELD_PERSON],
                                .name = d->value[FIELD_NAME]};
    if (!who.person && !find_meant(r, d, pupil, code, &who))
        return NULL;
    if (!may_be_guardian(r, d, pupil, &who))
        return NULL;
    if (!d->wants_away)
        settle(r, d, &who);
    if (!d->value[FIELD_PERSON] && line_of(r, d)->fate == ROSTER_CHANGED)
        note_draft(r, d, FIELD_NAME, ROSTER_KEEPS_LOGIN, NULL);
    struct item *item = items_find(&r->table, &who);
    return line_of(r, d)->fate == ROSTER_REFUSED ? NULL : item;
}

/* Of a row of people and their agents. NULL: refused, or no guardian. */
static struct item *agent_of(struct roster *r, const struct draft *d)
{
    bool is_ambiguous = false;
    const struct item *school = school_of(r, d, FIELD_HOME);
    struct item *agent =
        school ? find_person(r, school->record.school, d->value[FIELD_PERSON], true, &is_ambiguous)
               : NULL;
    if (school && !agent)
        refuse(r, d, FIELD_AGENTS, is_ambiguous ? ROSTER_AMBIGUOUS : ROSTER_UNKNOWN_PERSON);
    if (agent && agent->is_pupil)
        note_draft(r, d, FIELD_AGENTS, ROSTER_AGENT_LEFT, NULL);
    return agent && !agent->is_pupil ? agent : NULL;
}

/* ---- what becomes of it ---- */

static void join(struct roster *r, struct draft *d, const struct item *pupil, struct item *guardian)
{
    const struct roster_record pair = pair_of(pupil, &guardian->record);
    if (!looks_after(r, pupil, &guardian->record) &&
        !may_change(r, d, d->is_agent ? FIELD_AGENTS : FIELD_WARD, pair.school, pair.ward))
        return;
    if (settle(r, d, &pair))
        guardian->is_guardian = true;
    must(r, items_mark(&r->table, "guardians of", pair.school, pair.ward));
}

static void judge_row(struct roster *r, struct draft *d)
{
    const struct item *pupil = pupil_of(r, d);
    struct item *guardian = pupil ? guardian_of(r, d, pupil) : NULL;
    if (!guardian)
        return;
    d->line += !d->wants_away; /* the first of the row's lines was the person's */
    join(r, d, pupil, guardian);
}

static void judge_agent(struct roster *r, struct draft *d)
{
    const struct item *pupil = pupil_of(r, d);
    struct item *agent = pupil ? agent_of(r, d) : NULL;
    if (!agent)
        return;
    if (looks_after(r, pupil, &agent->record) ||
        (may_touch(r, d, FIELD_AGENTS, pupil->record.home) &&
         may_touch(r, d, FIELD_AGENTS, agent->record.home)))
        join(r, d, pupil, agent);
}

/* Codes first: whom a row without one means depends on who is called how. */
void judge_guardians(struct roster *r)
{
    for (struct draft *d = r->first; d && !r->has_failed; d = d->next) {
        if (d->kind == ROSTER_GUARDIAN && d->is_agent)
            judge_agent(r, d);
        else if (d->kind == ROSTER_GUARDIAN && d->value[FIELD_PERSON])
            judge_row(r, d);
    }
    for (struct draft *d = r->first; d && !r->has_failed; d = d->next) {
        if (d->kind == ROSTER_GUARDIAN && !d->value[FIELD_PERSON])
            judge_row(r, d);
    }
}

/* ---- who is left out ---- */

/* Of a school, those alone of whom both are its own. */
bool is_guardian_left(const struct roster *r, const struct item *pair)
{
    const struct roster_record *rec = &pair->record;
    const char *own = r->options.school;
    if (own && (strcmp(own, rec->school) != 0 || strcmp(own, rec->home) != 0))
        return false;
    return items_is_marked(&r->table, "guardians of", rec->school, rec->ward);
}

bool is_mere_guardian(const struct roster *r, const struct item *person)
{
    const struct roster_record *rec = &person->record;
    const char *own = r->options.school;
    return person->is_guardian && !person->is_pupil && !person->is_staff &&
           (!own || strcmp(own, rec->home) == 0) &&
           !items_is_marked(&r->table, "more", rec->home, rec->person);
}
