/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pango/pango.h>
#include <string.h>

#include "app/exhibits/setting-notes.h"

static void
check_formula (const char *formula)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *markup = anm_formula_to_markup (formula);
  g_autofree char *text = NULL;

  pango_parse_markup (markup, -1, 0, NULL, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (strpbrk (text, "_^{}"));
}

/* Nothing that can be set is without its sentence, and what has a number has its formula. */
static void
test_every_member_has_a_note (void)
{
  guint n_members, n_notes;
  const AnmHyperparameterMember *members = anm_hyperparameter_members (&n_members);
  const AnmSettingNote *notes = anm_setting_notes (&n_notes);
  AnmHyperparameters defaults;

  anm_hyperparameters_init (&defaults, ANM_OPTIMIZER_ADAM);
  for (guint i = 0; i < n_members; i++)
    {
      const AnmSettingNote *note = anm_setting_note_find (members[i].name);

      g_test_message ("%s", members[i].name);
      g_assert_nonnull (note);
      g_assert_cmpint (note->in_flight, ==, members[i].in_flight);
      if (members[i].kind == ANM_HYPERPARAMETER_FLAG)
        continue;

      const double usual = members[i].kind == ANM_HYPERPARAMETER_COUNT ? G_STRUCT_MEMBER (guint, &defaults, members[i].offset)
                                                                      : G_STRUCT_MEMBER (double, &defaults, members[i].offset);

      g_assert_cmpfloat (note->minimum, <=, usual);
      g_assert_cmpfloat (note->maximum, >=, usual);
      g_assert_true (note->zero == NULL || note->minimum == 0);
    }
  for (guint i = 0; i < n_notes; i++)
    {
      g_assert_cmpstr (notes[i].label, !=, "");
      g_assert_true (g_str_has_suffix (notes[i].summary, ".") || g_str_has_suffix (notes[i].summary, "…"));
      if (notes[i].formula != NULL)
        check_formula (notes[i].formula);
    }
}

static void
test_every_layer_has_its_equations (void)
{
  guint n_classes;
  const AnmLayerClass *const *classes = anm_layer_classes (&n_classes);

  for (guint i = 0; i < n_classes; i++)
    {
      guint n_arguments;
      const AnmArgument *arguments = anm_layer_class_get_arguments (classes[i], &n_arguments);

      g_test_message ("%s", anm_layer_class_get_type (classes[i]));
      g_assert_nonnull (anm_layer_formula (classes[i]));
      check_formula (anm_layer_formula (classes[i]));
      for (guint k = 0; k < n_arguments; k++)
        {
          const char *formula = anm_argument_formula (classes[i], &arguments[k]);

          g_assert_cmpstr (arguments[k].summary, !=, "");
          /* What kind of pooling or attention there is, the layer's own equations say. */
          if (strcmp (arguments[k].name, "kind") == 0)
            continue;
          g_test_message ("  %s", arguments[k].name);
          g_assert_nonnull (formula);
          check_formula (formula);
        }
    }
}

static void
test_every_choice_is_told (void)
{
  for (guint i = 0; i < ANM_N_OPTIMIZERS; i++)
    {
      check_formula (anm_optimizer_formula ((AnmOptimizerKind) i));
      g_assert_cmpstr (anm_optimizer_summary ((AnmOptimizerKind) i), !=, "");
      for (guint k = 0; k < i; k++)
        g_assert_cmpstr (anm_optimizer_summary ((AnmOptimizerKind) i), !=, anm_optimizer_summary ((AnmOptimizerKind) k));
    }
  for (guint i = 0; i <= ANM_SCHEDULE_PLATEAU; i++)
    {
      check_formula (anm_schedule_formula ((AnmScheduleKind) i));
      g_assert_cmpstr (anm_schedule_label ((AnmScheduleKind) i), !=, "");
    }
  for (guint i = ANM_LOSS_MEAN_SQUARED_ERROR; i <= ANM_LOSS_SURVIVAL; i++)
    {
      check_formula (anm_loss_formula ((AnmLossKind) i));
      g_assert_cmpstr (anm_loss_label ((AnmLossKind) i), !=, anm_loss_label (ANM_LOSS_AUTO));
    }
}

static void
test_formulas_are_set_as_in_print (void)
{
  g_autofree char *markup = anm_formula_to_markup ("h_{t−1} = tanh(a^2) < b");

  g_assert_cmpstr (markup, ==,
                   "<i>h</i><span size='70%' rise='-3000'><i>t</i>−1</span> = tanh(<i>a</i>"
                   "<span size='70%' rise='5000'>2</span>) &lt; <i>b</i>");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/setting-notes/every-member-has-a-note", test_every_member_has_a_note);
  g_test_add_func ("/setting-notes/every-layer-has-its-equations", test_every_layer_has_its_equations);
  g_test_add_func ("/setting-notes/every-choice-is-told", test_every_choice_is_told);
  g_test_add_func ("/setting-notes/formulas-are-set-as-in-print", test_formulas_are_set_as_in_print);

  return g_test_run ();
}
