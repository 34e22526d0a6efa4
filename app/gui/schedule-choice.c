/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/schedule-choice.h"

#include <glib/gi18n-lib.h>

#include "app/exhibits/setting-notes.h"
#include "app/gui/info-label.h"
#include "app/gui/number-entry.h"

#define N_KINDS (ANM_SCHEDULE_PLATEAU + 1)

enum
{
  OF_CONSTANT = 1 << ANM_SCHEDULE_CONSTANT,
  OF_STEP = 1 << ANM_SCHEDULE_STEP,
  OF_EXPONENTIAL = 1 << ANM_SCHEDULE_EXPONENTIAL,
  OF_COSINE = 1 << ANM_SCHEDULE_COSINE,
  OF_ONE_CYCLE = 1 << ANM_SCHEDULE_ONE_CYCLE,
  OF_PLATEAU = 1 << ANM_SCHEDULE_PLATEAU,
};

typedef struct
{
  const char     *label;
  const char     *summary;
  gsize           offset;
  guint           owners;
  AnmNumberLimits limits;
} Option;

#define MEMBER(name) G_STRUCT_OFFSET (AnmSchedule, name)

static const Option options[] = {
  { N_("Factor"), N_("What the learning rate is multiplied by."), MEMBER (factor), OF_STEP | OF_EXPONENTIAL | OF_PLATEAU, { 0, 1, FALSE, FALSE } },
  { N_("Every, epochs"), N_("How often, in epochs; a fraction will do."), MEMBER (every), OF_STEP | OF_EXPONENTIAL, { 0, 1e6, FALSE, TRUE } },
  { N_("Over, epochs"), N_("How long it takes; 0: to the end of the run."), MEMBER (epochs), OF_COSINE | OF_ONE_CYCLE, { 0, 1e6, TRUE, TRUE } },
  { N_("Rising part"), N_("The share of it that the learning rate rises for."), MEMBER (rise), OF_ONE_CYCLE, { 0, 1, FALSE, FALSE } },
  { N_("Begins at 1 over"), N_("So many times lower than the learning rate it begins."), MEMBER (start), OF_ONE_CYCLE, { 1, 1e9, TRUE, TRUE } },
  { N_("Ends at 1 over"), N_("So many times lower than it began it ends."), MEMBER (end), OF_ONE_CYCLE, { 1, 1e9, TRUE, TRUE } },
  { N_("Patience, epochs"), N_("So many epochs without a gain are waited for."), MEMBER (patience), OF_PLATEAU, { 1, 1e6, TRUE, TRUE } },
  { N_("Least gain"), N_("A loss that falls by no more than this hasn’t gained."), MEMBER (min_delta), OF_PLATEAU, { 0, 1e6, TRUE, TRUE } },
  { N_("Rest, epochs"), N_("After a fall so many epochs aren’t counted."), MEMBER (cooldown), OF_PLATEAU, { 0, 1e6, TRUE, TRUE } },
  { N_("Least rate"), N_("The learning rate never goes below this."), MEMBER (minimum), OF_STEP | OF_EXPONENTIAL | OF_COSINE | OF_PLATEAU, { 0, 1000, TRUE, TRUE } },
  { N_("Warm-up, epochs"), N_("For so long the rate rises from almost nothing first."), MEMBER (warmup), OF_CONSTANT | OF_STEP | OF_EXPONENTIAL | OF_COSINE | OF_PLATEAU, { 0, 1e6, TRUE, TRUE } },
};

#define N_OPTIONS G_N_ELEMENTS (options)

struct _AnmScheduleChoice
{
  GtkWidget   parent_instance;

  GtkWidget  *button;
  GtkWidget  *kind;
  GtkWidget  *sentence;
  GtkWidget  *formula;
  GtkWidget  *labels[N_OPTIONS];
  GtkWidget  *entries[N_OPTIONS];
  AnmSchedule schedules[N_KINDS]; /* each kind's as it was last */
  AnmScheduleKind chosen;
  gboolean    showing;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnmScheduleChoice, anm_schedule_choice, GTK_TYPE_WIDGET)

static double *
get_field (AnmSchedule *schedule,
           guint option)
{
  return G_STRUCT_MEMBER_P (schedule, options[option].offset);
}

static void
show (AnmScheduleChoice *self)
{
  AnmSchedule *shown = &self->schedules[self->chosen];
  g_autofree char *markup = anm_formula_to_markup (anm_schedule_formula (self->chosen));
  g_autofree char *name = NULL;

  self->showing = TRUE;
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->button), anm_schedule_label (self->chosen));
  /* Translators: the schedule of the learning rate: "Schedule, Cosine". */
  name = g_strdup_printf (_("Schedule, %s"), anm_schedule_label (self->chosen));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->kind), self->chosen);
  gtk_label_set_label (GTK_LABEL (self->sentence), anm_schedule_summary (self->chosen));
  gtk_label_set_markup (GTK_LABEL (self->formula), markup);
  for (guint i = 0; i < N_OPTIONS; i++)
    {
      const gboolean owned = (options[i].owners & (1u << self->chosen)) != 0;

      gtk_widget_set_visible (self->labels[i], owned);
      gtk_widget_set_visible (self->entries[i], owned);
      anm_number_entry_set_value (ANM_NUMBER_ENTRY (self->entries[i]), *get_field (shown, i));
    }
  self->showing = FALSE;
}

static void
kind_chosen_cb (AnmScheduleChoice *self)
{
  if (self->showing)
    return;

  self->chosen = (AnmScheduleKind) gtk_drop_down_get_selected (GTK_DROP_DOWN (self->kind));
  show (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
option_entered_cb (AnmScheduleChoice *self)
{
  if (self->showing)
    return;

  for (guint i = 0; i < N_OPTIONS; i++)
    if (options[i].owners & (1u << self->chosen))
      *get_field (&self->schedules[self->chosen], i) = anm_number_entry_get_value (ANM_NUMBER_ENTRY (self->entries[i]));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

const AnmSchedule *
anm_schedule_choice_get (AnmScheduleChoice *self)
{
  g_return_val_if_fail (ANM_IS_SCHEDULE_CHOICE (self), NULL);

  return &self->schedules[self->chosen];
}

void
anm_schedule_choice_set (AnmScheduleChoice *self,
                         const AnmSchedule *schedule)
{
  g_return_if_fail (ANM_IS_SCHEDULE_CHOICE (self));
  g_return_if_fail (schedule != NULL);

  self->chosen = schedule->kind;
  self->schedules[self->chosen] = *schedule;
  show (self);
}

GtkWidget *
anm_schedule_choice_new (void)
{
  return g_object_new (ANM_TYPE_SCHEDULE_CHOICE, NULL);
}

static GtkWidget *
make_popover (AnmScheduleChoice *self)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *grid = gtk_grid_new ();
  g_autoptr (GtkStringList) kinds = gtk_string_list_new (NULL);
  int row = 0;

  for (guint i = 0; i < N_KINDS; i++)
    gtk_string_list_append (kinds, anm_schedule_label ((AnmScheduleKind) i));
  self->kind = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&kinds)), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->kind), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Kind of schedule"), -1);
  g_signal_connect_swapped (self->kind, "notify::selected", G_CALLBACK (kind_chosen_cb), self);

  self->sentence = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->sentence), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->sentence), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (self->sentence), 30);
  gtk_widget_add_css_class (self->sentence, "caption");
  self->formula = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->formula), 0);
  gtk_widget_add_css_class (self->formula, "formula");

  gtk_grid_attach (GTK_GRID (grid), self->kind, 0, row++, 2, 1);
  gtk_grid_attach (GTK_GRID (grid), self->sentence, 0, row++, 2, 1);
  gtk_grid_attach (GTK_GRID (grid), self->formula, 0, row++, 2, 1);
  for (guint i = 0; i < N_OPTIONS; i++, row++)
    {
      self->labels[i] = anm_info_label_new (_(options[i].label), _(options[i].summary), NULL, NULL);
      gtk_widget_set_hexpand (self->labels[i], TRUE);
      gtk_widget_set_halign (self->labels[i], GTK_ALIGN_START);
      self->entries[i] = anm_number_entry_new (_(options[i].label), &options[i].limits, *get_field (&self->schedules[0], i));
      gtk_grid_attach (GTK_GRID (grid), self->labels[i], 0, row, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), self->entries[i], 1, row, 1, 1);
      g_signal_connect_swapped (self->entries[i], "changed", G_CALLBACK (option_entered_cb), self);
    }
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_widget_add_css_class (grid, "popover-grid");
  gtk_popover_set_child (GTK_POPOVER (popover), grid);
  return popover;
}

static void
anm_schedule_choice_dispose (GObject *object)
{
  AnmScheduleChoice *self = ANM_SCHEDULE_CHOICE (object);

  self->showing = TRUE;
  g_clear_pointer (&self->button, gtk_widget_unparent);

  G_OBJECT_CLASS (anm_schedule_choice_parent_class)->dispose (object);
}

static void
anm_schedule_choice_class_init (AnmScheduleChoiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = anm_schedule_choice_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", ANM_TYPE_SCHEDULE_CHOICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
anm_schedule_choice_init (AnmScheduleChoice *self)
{
  for (guint i = 0; i < N_KINDS; i++)
    anm_schedule_init (&self->schedules[i], (AnmScheduleKind) i);
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), make_popover (self));
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  show (self);
}
