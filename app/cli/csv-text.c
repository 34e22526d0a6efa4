/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/csv-text.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"

void
anm_csv_append_first_field (GString *csv,
                            const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL && *text != ' ')
    {
      g_string_append (csv, text);
      return;
    }
  g_string_append_c (csv, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        g_string_append_c (csv, '"');
      g_string_append_c (csv, *text);
    }
  g_string_append_c (csv, '"');
}

void
anm_csv_append_field (GString *csv,
                      const char *text)
{
  g_string_append_c (csv, ',');
  anm_csv_append_first_field (csv, text);
}

void
anm_csv_append_number (GString *csv,
                       double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (csv, ',');
  if (isfinite (number))
    g_string_append (csv, g_ascii_formatd (text, sizeof text, "%.9g", number));
}

gboolean
anm_csv_write (const char *csv,
               const char *path,
               GError **error)
{
  g_autoptr (GError) local_error = NULL;

  anm_interrupt_forbid ();
  if (strcmp (path, "-") == 0)
    {
      fputs (csv, stdout);
      return fflush (stdout) == 0;
    }
  if (g_file_set_contents (path, csv, -1, &local_error))
    return TRUE;
  g_set_error (error, ANM_CLI_ERROR, ANM_CLI_ERROR_FAILED, _ ("“%s” can't be written: %s. Name another file with --output."), path, local_error->message);
  return FALSE;
}
