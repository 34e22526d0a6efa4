/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/word-spin.h"

#include <math.h>
#include <string.h>

#define MOST_DECIMALS 6

typedef struct
{
  char *word;
  char *unit;
} Words;

static void
words_free (gpointer data,
            GClosure *closure)
{
  Words *words = data;

  g_free (words->word);
  g_free (words->unit);
  g_free (words);
}

/* With the spin button's decimals, or as many more as the number needs: what is shown is what is read back. */
static void
format_number (double value,
               guint decimals,
               char digits[G_ASCII_DTOSTR_BUF_SIZE])
{
  for (guint more = decimals; more <= MAX (decimals, MOST_DECIMALS); more++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%uf", more);
      g_ascii_formatd (digits, G_ASCII_DTOSTR_BUF_SIZE, format, value);
      if (fabs (g_ascii_strtod (digits, NULL) - value) <= 1e-9 * fabs (value))
        return;
    }
}

static gboolean
output_cb (GtkSpinButton *spin,
           Words *words)
{
  const double value = gtk_spin_button_get_value (spin);
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text = NULL;

  if (value == 0 && words->word != NULL)
    text = g_strdup (words->word);
  else
    {
      format_number (value, gtk_spin_button_get_digits (spin), digits);
      text = words->unit != NULL ? g_strdup_printf ("%s\u202f%s", digits, words->unit) : g_strdup (digits);
    }

  if (!g_str_equal (text, gtk_editable_get_text (GTK_EDITABLE (spin))))
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static int
input_cb (GtkSpinButton *spin,
          double *value,
          Words *words)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (spin))));
  char *end;

  if (words->word != NULL && g_ascii_strcasecmp (text, words->word) == 0)
    {
      *value = 0;
      return TRUE;
    }

  if (strchr (text, '.') == NULL)
    g_strdelimit (text, ",", '.');
  *value = g_ascii_strtod (text, &end);

  return end != text ? TRUE : GTK_INPUT_ERROR;
}

GtkWidget *
anm_word_spin_new (double least,
                   double most,
                   double step,
                   guint digits,
                   const char *word,
                   const char *unit,
                   const char *name)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (least, most, step);
  Words *words = g_new (Words, 1);

  *words = (Words){ g_strdup (word), g_strdup (unit) };
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), digits);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), FALSE);
  gtk_widget_add_css_class (spin, "numeric");
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (spin, "input", G_CALLBACK (input_cb), words);
  g_signal_connect_data (spin, "output", G_CALLBACK (output_cb), words, words_free, 0);
  gtk_spin_button_update (GTK_SPIN_BUTTON (spin));

  return spin;
}
