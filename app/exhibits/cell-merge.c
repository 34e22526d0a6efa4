/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last row of a layer that reads both ways: what it makes of its halves.
 */
#include "app/exhibits/cell-rows-private.h"

#include <glib/gi18n-lib.h>

#include "widgets/figures/number.h"

#define UPRIGHT(text) "<span style='normal'>" text "</span>"

static const char *const names[] = { UPRIGHT ("→") "h", UPRIGHT ("←") "h" };
static const char *const plain[] = { "→h", "←h" };

static char *
show (CellRows *self,
      double value)
{
  return _cell_rows_keep (self, self->view == ANM_CELL_STEP_SHAPES ? g_strdup_printf ("%u", self->lens->n_cell_units) : anm_number_format_term (value));
}

static AnmEquationTerm
make_half (CellRows *self,
           const char *joint,
           guint k)
{
  const AnmCellLens *lens = self->lens;

  /* The half that is looked at is the h of the rows above. */
  return (AnmEquationTerm){ ANM_EQUATION_CHIP, joint, names[k], show (self, lens->halves[k]), self->view == ANM_CELL_STEP_SHAPES ? NAN : lens->halves[k],
                            _cell_rows_find_key (self, (guint) lens->half == k ? "h" : plain[k]) };
}

static AnmEquationTerm
make_share (CellRows *self,
            const char *joint)
{
  return (AnmEquationTerm){ ANM_EQUATION_GATE, joint, UPRIGHT ("½"), self->view == ANM_CELL_STEP_SHAPES ? "1" : "0.50", 0.5, -1 };
}

static const char *
explain (const AnmCellLens *lens)
{
  if (lens->gives_last)
    return _("The layer gives what each half holds when it has read everything: →h of the last step with ←h of the first.");
  return NULL;
}

void
_cell_rows_add_merge (CellRows *self)
{
  const AnmCellLens *lens = self->lens;
  const gboolean beside = g_strcmp0 (lens->merge, "concat") == 0, mean = g_strcmp0 (lens->merge, "mean") == 0;
  AnmEquationTerm terms[5];
  AnmEquationRow row = { 0 };
  guint n = 0;

  if (lens->merge == NULL)
    return;
  for (guint k = 0; k < 2; k++)
    {
      const char *joint = k == 0 ? NULL : beside ? "," : "+";

      if (mean)
        terms[n++] = make_share (self, joint);
      terms[n++] = make_half (self, mean ? "×" : joint, k);
      _cell_rows_tabulate (self, "h", _("half"), plain[k], lens->halves[k]);
    }
  if (!beside)
    terms[n++] = (AnmEquationTerm){ ANM_EQUATION_CHIP, "=", "h", self->view == ANM_CELL_STEP_SHAPES ? _cell_rows_keep (self, g_strdup_printf ("%u", lens->n_units)) : show (self, lens->merged),
                                    self->view == ANM_CELL_STEP_SHAPES ? NAN : lens->merged, _cell_rows_find_key (self, "merged") };
  _cell_rows_tabulate (self, "h", _("of both halves"), lens->merge, lens->merged);

  row.name = _("Both halves");
  /* Translators: how the halves of a layer that reads both ways make up what it gives. */
  row.summary = beside ? _("side by side") : mean ? _("their mean") : _("added");
  row.left = beside ? "h" UPRIGHT (" = [") : "h" UPRIGHT (" = ");
  row.right = beside ? UPRIGHT ("]") : NULL;
  row.key = -1;
  row.line = explain (lens);
  if (beside)
    {
      const guint own = lens->unit % lens->n_cell_units;

      /* Translators: which unit of a layer one half's state is. */
      row.notes[0] = _cell_rows_keep (self, g_strdup_printf (_("→h: unit %u"), own + 1));
      row.notes[1] = _cell_rows_keep (self, g_strdup_printf (_("←h: unit %u"), own + 1 + lens->n_cell_units));
    }
  {
    g_autofree char *forwards = anm_number_format_term (lens->halves[0]);
    g_autofree char *backwards = anm_number_format_term (lens->halves[1]);
    g_autofree char *merged = anm_number_format_term (lens->merged);

    /* Translators: how a layer's halves are merged ("added"); the numbers of both halves; what they make. */
    row.spoken = _cell_rows_keep (self, beside ? g_strdup_printf (_("%s: →h %s, ←h %s."), row.summary, forwards, backwards)
                                               : g_strdup_printf (_("%s: →h %s, ←h %s; h = %s."), row.summary, forwards, backwards, merged));
  }
  _cell_rows_add (self, &row, terms, n);
}
