/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "app/exhibits/cell-symbol.h"
#include "app/exhibits/data-words.h"
#include "app/exhibits/saturation.h"
#include "app/exhibits/trajectories.h"
#include "app/gui/inside-pane-private.h"
#include "app/gui/settings.h"
#include "app/study/inspection.h"
#include "widgets/figures/number.h"

/* So many runs are offered to be shown beside, the newest first. */
#define MOST_RUNS 12

/* What a figure can be of: names for the program, words for people. Either is NULL if there is no choice. */
typedef struct
{
  char     **names;
  GPtrArray *words; /* for the menu */
} Options;

static void
options_clear (Options *options)
{
  g_clear_pointer (&options->names, g_strfreev);
  g_clear_pointer (&options->words, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
is_bidirectional (AnmNetwork *network,
                  guint layer)
{
  g_autoptr (AnmCell) backwards = anm_cell_new (network, layer, ANM_DIRECTION_BACKWARDS, NULL);

  return backwards != NULL;
}

static char *
name_field (const AnmCohort *cohort,
            const char *name)
{
  if (g_str_equal (name, ANM_TRAJECTORIES_BY_OUTCOME))
    return g_strdup (_("by outcome"));
  for (guint i = 0; i < cohort->n_statics; i++)
    if (g_str_equal (cohort->statics[i].name, name))
      /* Translators: coloured by a field ("by age"). */
      return g_strdup_printf (C_("colour", "by %s"), anm_field_get_label (&cohort->statics[i]));
  return g_strdup (name);
}

/* "0.05 and 0.95" */
static char *
name_threshold (const char *name)
{
  const double margin = anm_saturation_read_threshold (name);
  g_autofree char *low = anm_number_format (margin, 2), *high = anm_number_format (1 - margin, 3);

  /* Translators: two numbers; what lies below the one or above the other is saturated. */
  return g_strdup_printf (_("%s and %s"), low, high);
}

static char *
name_option (AnmInsidePane *self,
             const AnmWeights *weights,
             const char *name)
{
  switch (self->figure)
    {
    case ANM_INSIDE_GRADIENT_FLOW:
      return g_strdup (g_str_equal (name, "from-start") ? _("From the start") : g_str_equal (name, "before-end") ? _("Before the end") : _("Automatic"));
    case ANM_INSIDE_RECURRENT_MATRIX:
      {
        g_autofree char *gate = anm_gate_name_to_text (name);

        /* Translators: the recurrent matrix U of a gate ("g"). */
        return g_strdup_printf (_("U of %s"), gate);
      }
    case ANM_INSIDE_JACOBIAN:
    case ANM_INSIDE_REACH:
      return g_strdup (g_str_equal (name, "backwards") ? _("Backwards") : _("Forwards"));
    case ANM_INSIDE_TRAJECTORIES:
      return name_field (weights->cohort, name);
    case ANM_INSIDE_HISTOGRAM:
      return anm_histogram_describe (name);
    case ANM_INSIDE_SATURATION:
      return name_threshold (name);
    case ANM_INSIDE_MEMORY_HORIZON:
    case ANM_N_INSIDE_FIGURES:
    default:
      return g_strdup (name);
    }
}

static void
list_options (AnmInsidePane *self,
              Options *options)
{
  static const char *const axes[] = { "as-suits", "from-start", "before-end", NULL };
  static const char *const directions[] = { "forwards", "backwards", NULL };
  AnmWeights *weights = anm_inside_pane_get_weights (self);
  int layer = anm_inside_pane_get_layer (self);

  *options = (Options){ .words = g_ptr_array_new_with_free_func (g_free) };
  if (self->figure == ANM_INSIDE_GRADIENT_FLOW)
    options->names = g_strdupv ((char **) axes);
  else if (weights == NULL || layer < 0)
    options->names = NULL;
  else if (self->figure == ANM_INSIDE_RECURRENT_MATRIX)
    options->names = anm_recurrent_look_list_gates (weights->network, (guint) layer);
  else if ((self->figure == ANM_INSIDE_JACOBIAN || self->figure == ANM_INSIDE_REACH) && is_bidirectional (weights->network, (guint) layer))
    options->names = g_strdupv ((char **) directions);
  else if (self->figure == ANM_INSIDE_TRAJECTORIES)
    options->names = anm_trajectories_list_fields (weights->cohort);
  else if (self->figure == ANM_INSIDE_SATURATION)
    options->names = anm_saturation_list_thresholds ();
  else if (self->figure == ANM_INSIDE_HISTOGRAM)
    options->names = anm_histogram_look_list (weights->network, (guint) layer);
  for (guint i = 0; options->names != NULL && options->names[i] != NULL; i++)
    g_ptr_array_add (options->words, name_option (self, weights, options->names[i]));
}

/* Where nothing was chosen, or what the network hasn't: the candidate's matrix, the recurrent weights, else the first. */
static const char *
choose (AnmInsidePane *self,
        const Options *options)
{
  static const char *const preferred[] = { "g", "h~", "→g", "→h~" };
  const char *const *names = (const char *const *) options->names;

  if (names == NULL || names[0] == NULL)
    return NULL;
  if (self->of[self->figure] != NULL && g_strv_contains (names, self->of[self->figure]))
    return self->of[self->figure];
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_has_suffix (names[i], "recurrent_kernel") && !g_str_has_prefix (names[i], "dL/"))
      return names[i];
  for (guint i = 0; i < G_N_ELEMENTS (preferred); i++)
    if (g_strv_contains (names, preferred[i]))
      return preferred[i];
  return names[0];
}

char *
anm_inside_pane_get_of (AnmInsidePane *self)
{
  g_auto (Options) options;

  list_options (self, &options);
  return g_strdup (choose (self, &options));
}

/* The menu */

static void
append_radio (GMenu *menu,
              const char *label,
              const char *action,
              const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", target);
  g_menu_append_item (menu, item);
}

static void
toggle_run_cb (GSimpleAction *action,
               GVariant *parameter,
               AnmInsidePane *self)
{
  g_autoptr (GVariant) state = g_action_get_state (G_ACTION (action));
  const gboolean beside = !g_variant_get_boolean (state);
  const gpointer id = GUINT_TO_POINTER (GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (action), "run")));

  if (beside)
    g_hash_table_add (self->beside, id);
  else
    g_hash_table_remove (self->beside, id);
  g_simple_action_set_state (action, g_variant_new_boolean (beside));
  anm_inside_pane_update (self);
}

/* Other runs of the study, to stand beside. */
static GMenuModel *
list_runs (AnmInsidePane *self)
{
  GMenu *menu = g_menu_new ();
  AnmStudy *study = anm_view_state_get_study (self->state);
  AnmRun *foreground = anm_view_state_get_run (self->state);
  guint n_runs = study != NULL ? g_list_model_get_n_items (anm_study_get_runs (study)) : 0;

  for (guint i = n_runs; i-- > 0 && g_menu_model_get_n_items (G_MENU_MODEL (menu)) < MOST_RUNS;)
    {
      g_autoptr (AnmRun) run = g_list_model_get_item (anm_study_get_runs (study), i);
      g_autofree char *name = g_strdup_printf ("run-%u", anm_run_get_id (run));
      g_autofree char *detailed = g_strconcat ("pane.", name, NULL);
      g_autoptr (GSimpleAction) action = NULL;

      if (run == foreground)
        continue;
      action = g_simple_action_new_stateful (name, NULL, g_variant_new_boolean (g_hash_table_contains (self->beside, GUINT_TO_POINTER (anm_run_get_id (run)))));
      g_object_set_data (G_OBJECT (action), "run", GUINT_TO_POINTER (anm_run_get_id (run)));
      g_signal_connect_object (action, "activate", G_CALLBACK (toggle_run_cb), self, 0);
      g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
      g_menu_append (menu, anm_run_get_name (run), detailed);
    }
  return G_MENU_MODEL (menu);
}

static GMenuModel *
make_menu (AnmInsidePane *self,
           const Options *options)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) of = g_menu_new ();
  g_autoptr (GMenu) show = g_menu_new ();

  for (guint i = 0; options->names != NULL && options->names[i] != NULL; i++)
    append_radio (of, g_ptr_array_index (options->words, i), "pane.of", options->names[i]);
  if (g_menu_model_get_n_items (G_MENU_MODEL (of)) > 0)
    g_menu_append_section (menu, NULL, G_MENU_MODEL (of));
  if (self->figure == ANM_INSIDE_GRADIENT_FLOW || self->figure == ANM_INSIDE_MEMORY_HORIZON)
    {
      g_autoptr (GMenuModel) runs = list_runs (self);
      if (g_menu_model_get_n_items (runs) > 0)
        g_menu_append_section (menu, _("Runs beside"), runs);
    }
  for (guint i = 0; i < ANM_N_INSIDE_FIGURES; i++)
    append_radio (show, anm_inside_figure_get_title ((AnmInsideFigure) i), "pane.figure", anm_inside_figure_get_name ((AnmInsideFigure) i));
  g_menu_append_section (menu, _("Show"), G_MENU_MODEL (show));
  return G_MENU_MODEL (menu);
}

/* Made when it is opened: what there is to choose from may have changed. */
static void
create_popup_cb (GtkMenuButton *button,
                 gpointer data)
{
  AnmInsidePane *self = data;
  g_auto (Options) options;
  g_autoptr (GMenuModel) menu = NULL;

  list_options (self, &options);
  menu = make_menu (self, &options);
  gtk_menu_button_set_menu_model (button, menu);
}

void
anm_inside_pane_update_chooser (AnmInsidePane *self)
{
  g_auto (Options) options;
  /* Translators: on a button that chooses a figure, where there is nothing else to choose. */
  const char *of, *words = C_("chooser", "Figure");
  g_autofree char *label = NULL;

  list_options (self, &options);
  of = choose (self, &options);
  for (guint i = 0; of != NULL && options.names[i] != NULL; i++)
    if (g_str_equal (options.names[i], of))
      words = g_ptr_array_index (options.words, i);
  if (!g_str_equal (gtk_label_get_text (GTK_LABEL (self->chooser_label)), words))
    gtk_label_set_text (GTK_LABEL (self->chooser_label), words);

  /* Translators: a figure's name, and what it is of. */
  label = g_strdup_printf (_("Choose figure: %s, %s"), anm_inside_figure_get_title (self->figure), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->chooser), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, anm_inside_figure_get_title (self->figure), -1);
  g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "of", g_variant_new_string (of != NULL ? of : ""));
  g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "figure", g_variant_new_string (anm_inside_figure_get_name (self->figure)));
}

static void
choose_of_cb (GSimpleAction *action,
              GVariant *parameter,
              AnmInsidePane *self)
{
  g_free (self->of[self->figure]);
  self->of[self->figure] = g_variant_dup_string (parameter, NULL);
  self->submitted_at = 0;
  if (self->figure == ANM_INSIDE_SATURATION)
    anm_settings_set_string (self->settings, "saturation-threshold", self->of[self->figure]);
  anm_inside_pane_update_chooser (self);
  /* Colours alone need no work. */
  if (self->figure == ANM_INSIDE_TRAJECTORIES && self->answer != NULL)
    anm_inside_pane_show (self);
  else
    anm_inside_pane_update (self);
}

static void
choose_figure_cb (GSimpleAction *action,
                  GVariant *parameter,
                  AnmInsidePane *self)
{
  for (guint i = 0; i < ANM_N_INSIDE_FIGURES; i++)
    if (g_str_equal (anm_inside_figure_get_name ((AnmInsideFigure) i), g_variant_get_string (parameter, NULL)))
      anm_inside_pane_set_figure (self, (AnmInsideFigure) i);
  anm_inside_pane_update_chooser (self);
}

static void
add_choice (AnmInsidePane *self,
            const char *name,
            GCallback chosen)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new_stateful (name, G_VARIANT_TYPE_STRING, g_variant_new_string (""));

  g_signal_connect_object (action, "activate", chosen, self, 0);
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
}

void
anm_inside_pane_add_chooser (AnmInsidePane *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->actions = g_simple_action_group_new ();
  add_choice (self, "of", G_CALLBACK (choose_of_cb));
  add_choice (self, "figure", G_CALLBACK (choose_figure_cb));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "pane", G_ACTION_GROUP (self->actions));

  self->chooser_label = gtk_label_new ("");
  gtk_label_set_ellipsize (GTK_LABEL (self->chooser_label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (self->chooser_label), 14);
  gtk_box_append (GTK_BOX (box), self->chooser_label);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("pan-down-symbolic"));
  self->chooser = gtk_menu_button_new ();
  gtk_menu_button_set_child (GTK_MENU_BUTTON (self->chooser), box);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->chooser), create_popup_cb, self, NULL);
  gtk_widget_add_css_class (self->chooser, "inside-chooser");
  gtk_widget_set_parent (self->chooser, GTK_WIDGET (self));
}
