/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "data/json-fields.h"
#include "data/source-private.h"

/* The user's word on roles: from the command line, from a file, from the import sheet. */

static const char *const kind_words[] = { "records", "statics", "outcomes", "ignored", NULL };

typedef struct
{
  const char *word;  /* in a roles file */
  AnmRole     role;
} RoleWord;

static const RoleWord role_words[] = {
  { "id", ANM_ROLE_PATIENT },
  { "time", ANM_ROLE_TIME },
  { "start", ANM_ROLE_START },
  { "variable", ANM_ROLE_VARIABLE },
  { "value", ANM_ROLE_VALUE },
  { "target", ANM_ROLE_TARGET },
  { "statics", ANM_ROLE_STATIC },
  { "channels", ANM_ROLE_CHANNEL },
  { "ignore", ANM_ROLE_IGNORE },
};

/* Roles that one column of a table alone can have. */
static gboolean
is_single (AnmRole role)
{
  return role != ANM_ROLE_IGNORE && role != ANM_ROLE_CHANNEL && role != ANM_ROLE_STATIC;
}

static void
guess_anew (AnmSource *self,
            AnmTable *table)
{
  anm_table_guess_roles (table);
  anm_tables_settle_roles (self->tables);
}

/* "records" is long if a variable and a value are to be had. */
static void
set_kind (AnmSource *self,
          AnmTable *table,
          guint word)
{
  static const AnmTableKind kinds[] = { ANM_TABLE_RECORDS_WIDE, ANM_TABLE_STATICS, ANM_TABLE_OUTCOMES, ANM_TABLE_IGNORED };

  table->table.kind_guessed = FALSE;
  table->table.kind = kinds[word];
  if (word == 0)
    {
      table->table.kind = ANM_TABLE_RECORDS_LONG;
      guess_anew (self, table);
      if (anm_table_find_role (table, ANM_ROLE_VARIABLE) == G_MAXUINT || anm_table_find_role (table, ANM_ROLE_VALUE) == G_MAXUINT)
        table->table.kind = ANM_TABLE_RECORDS_WIDE;
    }
  guess_anew (self, table);
}

static AnmTable *
find_table (AnmSource *self,
            const char *name)
{
  g_autofree char *base = g_path_get_basename (name);

  for (guint t = 0; t < self->tables->len; t++)
    {
      AnmTable *table = g_ptr_array_index (self->tables, t);

      if (strcmp (table->file, name) == 0)
        return table;
    }
  for (guint t = 0; t < self->tables->len; t++)
    {
      AnmTable *table = g_ptr_array_index (self->tables, t);

      if (strcmp (table->table.path, base) == 0)
        return table;
    }
  return NULL;
}

static AnmTable *
require_table (AnmSource *self,
               const char *name,
               GError **error)
{
  AnmTable *table = find_table (self, name);

  if (table == NULL)
    {
      g_autoptr (GString) names = g_string_new (NULL);

      for (guint t = 0; t < self->tables->len; t++)
        g_string_append_printf (names, "%s%s", t > 0 ? ", " : "", ((AnmTable *) g_ptr_array_index (self->tables, t))->table.path);
      if (self->tables->len == 0)
        g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES, _("“%s” is no table of this source, whose columns need no roles."), name);
      else
        g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES, _("“%s” is none of the tables opened: %s."), name, names->str);
    }
  return table;
}

static gboolean
find_word (const char *word,
           guint *index)
{
  for (*index = 0; kind_words[*index] != NULL; (*index)++)
    if (strcmp (kind_words[*index], word) == 0)
      return TRUE;
  return FALSE;
}

gboolean
anm_source_set_table_kind (AnmSource *self,
                           const char *assignment,
                           GError **error)
{
  const char *equals = strrchr (assignment, '=');
  g_autofree char *name = g_strndup (assignment, equals != NULL ? (gsize) (equals - assignment) : 0);
  AnmTable *table;
  guint word;

  if (equals == NULL || !find_word (equals + 1, &word))
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES, _("“%s” must be FILE=records, FILE=statics, FILE=outcomes or FILE=ignored."), assignment);
      return FALSE;
    }
  table = require_table (self, name, error);
  if (table == NULL)
    return FALSE;
  set_kind (self, table, word);
  return TRUE;
}

void
anm_source_set_table_kind_at (AnmSource *self,
                              guint index,
                              AnmTableKind kind)
{
  AnmTable *table = g_ptr_array_index (self->tables, index);

  g_assert (index < self->tables->len);
  table->table.kind_guessed = FALSE;
  table->table.kind = kind;
  /* Roles that the new kind doesn't have are open again. */
  for (guint c = 0; c < table->table.n_columns; c++)
    {
      AnmSourceColumn *column = &table->table.columns[c];

      if ((kind != ANM_TABLE_RECORDS_LONG && (column->role == ANM_ROLE_VARIABLE || column->role == ANM_ROLE_VALUE)) || (kind != ANM_TABLE_RECORDS_WIDE && column->role == ANM_ROLE_CHANNEL))
        column->guessed = TRUE;
    }
  guess_anew (self, table);
}

static void
give_role (AnmTable *table,
           guint column,
           AnmRole role)
{
  AnmSourceColumn *columns = table->table.columns;

  for (guint c = 0; is_single (role) && c < table->table.n_columns; c++)
    if (c != column && columns[c].role == role)
      {
        columns[c].role = table->table.kind == ANM_TABLE_RECORDS_WIDE ? ANM_ROLE_CHANNEL : ANM_ROLE_IGNORE;
        columns[c].guessed = TRUE;
      }
  columns[column].role = role;
  columns[column].guessed = FALSE;
}

void
anm_source_set_column_role (AnmSource *self,
                            guint index,
                            guint column,
                            AnmRole role)
{
  AnmTable *table = g_ptr_array_index (self->tables, index);

  g_assert (index < self->tables->len && column < table->table.n_columns);
  give_role (table, column, role);
  /* There is one outcome and one start in all tables together. */
  for (guint t = 0; (role == ANM_ROLE_TARGET || role == ANM_ROLE_START) && t < self->tables->len; t++)
    {
      AnmTable *other = g_ptr_array_index (self->tables, t);

      for (guint c = 0; other != table && c < other->table.n_columns; c++)
        if (other->table.columns[c].role == role)
          {
            other->table.columns[c].role = ANM_ROLE_IGNORE;
            other->table.columns[c].guessed = TRUE;
          }
    }
}

static char *
list_all_columns (GPtrArray *tables)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint t = 0; t < tables->len; t++)
    {
      const AnmTable *table = g_ptr_array_index (tables, t);

      g_string_append_printf (text, "%s%s: ", t > 0 ? "; " : "", table->table.path);
      for (guint c = 0; c < table->table.n_columns && c < 20; c++)
        g_string_append_printf (text, "%s%s", c > 0 ? ", " : "", table->table.columns[c].name);
      if (table->table.n_columns > 20)
        g_string_append (text, ", …");
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* A name may itself hold a comma: the whole is tried before its parts. */
static gboolean
set_role_in (AnmSource *self,
             GPtrArray *tables,
             AnmRole role,
             const char *name,
             GError **error)
{
  gboolean found = FALSE;

  for (guint t = 0; t < tables->len; t++)
    {
      AnmTable *table = g_ptr_array_index (tables, t);
      guint column = anm_table_find_column (table, name);

      if (column == G_MAXUINT)
        continue;
      give_role (table, column, role);
      found = TRUE;
    }
  if (!found)
    {
      g_autofree char *columns = list_all_columns (tables);

      if (tables->len == 0)
        g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES, _("There is no column “%s” to give a role: the columns of this source need none."), name);
      else
        g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES, _("There is no column “%s”. There are: %s."), name, columns);
      return FALSE;
    }
  for (guint t = 0; t < tables->len; t++)
    guess_anew (self, g_ptr_array_index (tables, t));
  return TRUE;
}

static gboolean
exists (GPtrArray *tables,
        const char *name)
{
  for (guint t = 0; t < tables->len; t++)
    if (anm_table_find_column (g_ptr_array_index (tables, t), name) != G_MAXUINT)
      return TRUE;
  return FALSE;
}

static gboolean
set_roles_in (AnmSource *self,
              GPtrArray *tables,
              AnmRole role,
              const char *columns,
              GError **error)
{
  g_auto (GStrv) names = NULL;

  if (exists (tables, columns) || (is_single (role) && strchr (columns, ',') == NULL))
    return set_role_in (self, tables, role, columns, error);
  names = g_strsplit (columns, ",", -1);
  for (guint i = 0; names[i] != NULL; i++)
    if (!set_role_in (self, tables, role, g_strstrip (names[i]), error))
      return FALSE;
  return TRUE;
}

gboolean
anm_source_set_role (AnmSource *self,
                     AnmRole role,
                     const char *columns,
                     GError **error)
{
  return set_roles_in (self, self->tables, role, columns, error);
}

/* One role's columns in a roles file: a name or a list of names. */
static gboolean
load_role (AnmSource *self,
           GPtrArray *tables,
           JsonObject *object,
           const RoleWord *word,
           const char *what,
           GError **error)
{
  JsonNode *node = json_object_get_member (object, word->word);
  g_auto (GStrv) names = NULL;

  if (node == NULL)
    return TRUE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return set_role_in (self, tables, word->role, json_node_get_string (node), error);
  if (!anm_json_get_strings (object, what, word->word, &names, error))
    return FALSE;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (!set_role_in (self, tables, word->role, names[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
load_roles (AnmSource *self,
            GPtrArray *tables,
            JsonObject *object,
            const char *what,
            GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (role_words); i++)
    if (!load_role (self, tables, object, &role_words[i], what, error))
      return FALSE;
  return TRUE;
}

static gboolean
load_table (AnmSource *self,
            const char *name,
            JsonNode *node,
            const char *what,
            GError **error)
{
  AnmTable *table = require_table (self, name, error);
  g_autoptr (GPtrArray) alone = g_ptr_array_new ();
  g_autofree char *kind = NULL;
  guint word;

  if (table == NULL)
    return FALSE;
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      if (!anm_json_get_string (json_node_get_object (node), what, "kind", &kind, error))
        return FALSE;
    }
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    kind = json_node_dup_string (node);

  if ((kind == NULL && !JSON_NODE_HOLDS_OBJECT (node)) || (kind != NULL && !find_word (kind, &word)))
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES, _("In %s, the table “%s” must be records, statics, outcomes or ignored."), what, name);
      return FALSE;
    }
  if (kind != NULL)
    set_kind (self, table, word);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return TRUE;
  g_ptr_array_add (alone, table);
  return load_roles (self, alone, json_node_get_object (node), what, error);
}

gboolean
anm_source_set_roles (AnmSource *self,
                      const char *text,
                      const char *what,
                      GError **error)
{
  static const char *const allowed[] = { "id", "time", "start", "variable", "value", "target", "statics", "channels", "ignore", "tables", NULL };
  g_autoptr (JsonNode) root = anm_json_parse (text, what, allowed, error);
  g_autoptr (GList) names = NULL;
  JsonObject *object;
  JsonNode *tables;

  if (root == NULL)
    return FALSE;

  object = json_node_get_object (root);
  tables = json_object_get_member (object, "tables");
  if (tables != NULL && !JSON_NODE_HOLDS_OBJECT (tables))
    {
      g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_ROLES, _("In %s, “tables” must be an object with a file’s name for each table."), what);
      return FALSE;
    }
  names = tables != NULL ? json_object_get_members (json_node_get_object (tables)) : NULL;
  for (GList *item = names; item != NULL; item = item->next)
    if (!load_table (self, item->data, json_object_get_member (json_node_get_object (tables), item->data), what, error))
      return FALSE;
  return load_roles (self, self->tables, object, what, error);
}

gboolean
anm_source_load_roles (AnmSource *self,
                       const char *path,
                       GError **error)
{
  g_autofree char *what = g_path_get_basename (path);
  g_autofree char *text = NULL;
  g_autoptr (GError) cause = NULL;

  if (g_file_get_contents (path, &text, NULL, &cause))
    return anm_source_set_roles (self, text, what, error);
  g_set_error (error, ANM_DATA_ERROR, ANM_DATA_ERROR_READ, _("%s can’t be read: %s."), what, cause->message);
  return FALSE;
}

static const char *
get_kind_word (AnmTableKind kind)
{
  switch (kind)
    {
    case ANM_TABLE_STATICS:
      return "statics";
    case ANM_TABLE_OUTCOMES:
      return "outcomes";
    case ANM_TABLE_IGNORED:
      return "ignored";
    case ANM_TABLE_RECORDS_LONG:
    case ANM_TABLE_RECORDS_WIDE:
    default:
      return "records";
    }
}

/* Every column, whoever gave it its role, so that nothing is guessed again. */
static void
add_table (JsonBuilder *builder,
           const AnmTable *table)
{
  json_builder_begin_object (builder);
  anm_json_add_string (builder, "kind", get_kind_word (table->table.kind));
  for (gsize i = 0; i < G_N_ELEMENTS (role_words); i++)
    {
      g_autoptr (GPtrArray) names = g_ptr_array_new ();

      for (guint c = 0; c < table->table.n_columns; c++)
        if (table->table.columns[c].role == role_words[i].role)
          g_ptr_array_add (names, table->table.columns[c].name);
      if (names->len == 0)
        continue;
      g_ptr_array_add (names, NULL);
      anm_json_add_strings (builder, role_words[i].word, (char **) names->pdata);
    }
  json_builder_end_object (builder);
}

char *
anm_source_roles_to_json (const AnmSource *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "tables");
  json_builder_begin_object (builder);
  for (guint t = 0; t < self->tables->len; t++)
    {
      const AnmTable *table = g_ptr_array_index (self->tables, t);

      json_builder_set_member_name (builder, table->file);
      add_table (builder, table);
    }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return anm_json_to_text (builder);
}

gboolean
anm_source_has_given_roles (const AnmSource *self)
{
  for (guint t = 0; t < self->tables->len; t++)
    {
      const AnmTable *table = g_ptr_array_index (self->tables, t);

      if (!table->table.kind_guessed)
        return TRUE;
      for (guint c = 0; c < table->table.n_columns; c++)
        if (!table->table.columns[c].guessed)
          return TRUE;
    }
  return FALSE;
}
