/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/gui/workbench-page.h"

#include <glib/gi18n-lib.h>

#include "app/gui/channel-list.h"
#include "app/gui/figure-tabs.h"
#include "app/gui/live-figures.h"
#include "app/gui/network-view.h"
#include "app/gui/optimizer-bar.h"
#include "app/gui/settings.h"
#include "app/gui/template.h"
#include "app/gui/text-scale.h"

/* Below these the page changes its shape. The window's header is above the page. */
#define NARROW_WIDTH 1100
#define SMALL_FIGURES_WIDTH 1300
#define LARGE_FIGURES_WIDTH 1850
#define TABBED_WIDTH 1000
#define LOW_HEIGHT 650
/* Where the figures stand under the cards, the cards' settings fold sooner. */
#define FOLD_HEIGHT 760

#define LEAST_WIDTH 640
#define LEAST_HEIGHT 420

#define CHANNELS_WIDTH 260
#define FIGURES_WIDTH 350
#define SMALL_FIGURES 264
#define LARGE_FIGURES 440
#define FOOT_HEIGHT 190

struct _AnmWorkbenchPage
{
  GtkWidget           parent_instance;

  AnmViewState       *state;
  AnmTrainingControl *control;
  AnmLiveReading     *live;
  GSignalGroup       *study_signals;
  GSettings          *settings; /* NULL if the schema isn't installed */

  GtkWidget          *stack;
  GtkWidget          *work_box;
  GtkWidget          *outer_paned;
  GtkWidget          *inner_paned;
  GtkWidget          *channels_pane;
  GtkWidget          *channels_revealer;
  GtkWidget          *channels_sheet;
  GtkWidget          *network_pane;
  GtkWidget          *figures_pane;
  GtkWidget          *channel_list;
  GtkWidget          *network_view;
  GtkWidget          *network_scroller;  /* for letters so large that the page is too low for the cards */
  GtkWidget          *figures;
  GtkWidget          *tabs;
  GtkWidget          *foot;          /* under the cards, where there is no room beside them */

  gboolean            narrow;
  gboolean            tabbed;
  int                 figures_width;
  gboolean            low;
  gboolean            folded;
  gboolean            channels_shown; /* beside the network, where there is room */
  guint               idle;
};

enum
{
  PROP_0,
  PROP_VIEW_STATE,
  PROP_TRAINING_CONTROL,
  PROP_LIVE_READING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnmWorkbenchPage, anm_workbench_page, GTK_TYPE_WIDGET)

GtkWidget *
anm_workbench_page_new (AnmViewState *state,
                        AnmTrainingControl *control,
                        AnmLiveReading *live)
{
  return g_object_new (ANM_TYPE_WORKBENCH_PAGE,
                       "view-state", state,
                       "training-control", control,
                       "live-reading", live,
                       NULL);
}

/* Small windows */

static void
move_child (GtkWidget *child,
            GtkWidget *to)
{
  GtkWidget *from = gtk_widget_get_parent (child);

  if (from == to)
    return;

  g_object_ref (child);
  gtk_box_remove (GTK_BOX (from), child);
  gtk_box_append (GTK_BOX (to), child);
  g_object_unref (child);
}

static void
show_channels (AnmWorkbenchPage *self)
{
  move_child (self->channel_list, self->narrow ? self->channels_sheet : self->channels_pane);
  gtk_widget_set_visible (self->channels_pane, !self->narrow && self->channels_shown);
  gtk_widget_set_visible (self->channels_revealer, self->narrow);
  anm_network_view_set_channels_hidden (ANM_NETWORK_VIEW (self->network_view), self->narrow || !self->channels_shown);
  if (!self->narrow)
    gtk_revealer_set_reveal_child (GTK_REVEALER (self->channels_revealer), FALSE);
}

/* Tabs under the cards: the chosen figure beneath, or in the cards' place where the window is low. */
static void
show_figures (AnmWorkbenchPage *self)
{
  int chosen;

  anm_figure_tabs_set_with_cards (ANM_FIGURE_TABS (self->tabs), self->tabbed && self->low);
  chosen = anm_figure_tabs_get_chosen (ANM_FIGURE_TABS (self->tabs));

  move_child (self->figures, self->tabbed ? self->foot : self->figures_pane);
  gtk_widget_set_visible (self->figures_pane, !self->tabbed);
  gtk_widget_set_visible (self->tabs, self->tabbed);
  gtk_widget_set_visible (self->foot, self->tabbed && chosen >= 0);
  gtk_widget_set_visible (self->network_scroller, !self->tabbed || !self->low || chosen < 0);
  gtk_widget_set_vexpand (self->foot, self->tabbed && self->low);
  anm_live_figures_show_only (ANM_LIVE_FIGURES (self->figures), self->tabbed ? MAX (chosen, 0) : -1);
}

static int
choose_figures_width (int width)
{
  return width < SMALL_FIGURES_WIDTH ? SMALL_FIGURES : width < LARGE_FIGURES_WIDTH ? FIGURES_WIDTH : LARGE_FIGURES;
}

static gboolean
choose_folded (int width,
               int height)
{
  return height < (width < TABBED_WIDTH ? FOLD_HEIGHT : LOW_HEIGHT);
}

static gboolean
reshape_cb (gpointer data)
{
  AnmWorkbenchPage *self = data;
  const int width = anm_in_usual_letters (GTK_WIDGET (self), gtk_widget_get_width (GTK_WIDGET (self)));
  const int height = anm_in_usual_letters (GTK_WIDGET (self), gtk_widget_get_height (GTK_WIDGET (self)));
  const int figures_width = choose_figures_width (width);

  self->idle = 0;
  self->narrow = width < NARROW_WIDTH;
  self->tabbed = width < TABBED_WIDTH;
  self->low = height < LOW_HEIGHT;
  self->folded = choose_folded (width, height);
  show_channels (self);
  show_figures (self);
  if (figures_width != self->figures_width)
    {
      self->figures_width = figures_width;
      gtk_widget_set_size_request (self->figures_pane, figures_width, -1);
    }
  anm_network_view_set_narrow (ANM_NETWORK_VIEW (self->network_view), self->narrow);
  anm_network_view_set_folded (ANM_NETWORK_VIEW (self->network_view), self->folded);

  return G_SOURCE_REMOVE;
}

/* Children can't change their parents while sizes are being given out. */
static void
queue_reshape (AnmWorkbenchPage *self)
{
  if (self->idle == 0)
    self->idle = g_idle_add_full (GTK_PRIORITY_RESIZE - 1, reshape_cb, self, NULL);
}

static void
anm_workbench_page_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
  const int least = orientation == GTK_ORIENTATION_HORIZONTAL ? LEAST_WIDTH : LEAST_HEIGHT;

  gtk_widget_measure (ANM_WORKBENCH_PAGE (widget)->stack, orientation, -1, minimum, natural, NULL, NULL);
  *minimum = MIN (*minimum, least);
  *minimum_baseline = *natural_baseline = -1;
}

static void
anm_workbench_page_size_allocate (GtkWidget *widget,
                                  int width,
                                  int height,
                                  int baseline)
{
  AnmWorkbenchPage *self = ANM_WORKBENCH_PAGE (widget);
  const int letters_width = anm_in_usual_letters (widget, width), letters_height = anm_in_usual_letters (widget, height);
  GtkRequisition least;

  if (self->narrow != (letters_width < NARROW_WIDTH) || self->tabbed != (letters_width < TABBED_WIDTH) ||
      self->low != (letters_height < LOW_HEIGHT) || self->folded != choose_folded (letters_width, letters_height) ||
      self->figures_width != choose_figures_width (letters_width))
    queue_reshape (self);

  gtk_widget_get_preferred_size (self->stack, &least, NULL);
  gtk_widget_size_allocate (self->stack,
                            &(GtkAllocation){ 0, 0, MAX (width, least.width), MAX (height, least.height) }, -1);
}

static gboolean
toggle_channels_cb (GtkWidget *widget,
                    GVariant *arguments,
                    gpointer data)
{
  AnmWorkbenchPage *self = ANM_WORKBENCH_PAGE (widget);
  GtkRevealer *revealer = GTK_REVEALER (self->channels_revealer);

  if (!gtk_widget_get_mapped (widget))
    return FALSE;

  if (self->narrow)
    gtk_revealer_set_reveal_child (revealer, !gtk_revealer_get_reveal_child (revealer));
  else
    self->channels_shown = !self->channels_shown;
  show_channels (self);
  return TRUE;
}

static void
toggle_channels_action (GtkWidget *widget,
                        const char *name,
                        GVariant *parameter)
{
  toggle_channels_cb (widget, NULL, NULL);
}

static gboolean
close_sheet_cb (GtkWidget *widget,
            GVariant *arguments,
            gpointer data)
{
  GtkRevealer *revealer = GTK_REVEALER (ANM_WORKBENCH_PAGE (widget)->channels_revealer);

  if (!gtk_revealer_get_reveal_child (revealer))
    return FALSE;

  gtk_revealer_set_reveal_child (revealer, FALSE);
  return TRUE;
}

/* Seen or not */

static void
anm_workbench_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (anm_workbench_page_parent_class)->map (widget);

  anm_live_reading_hold (ANM_WORKBENCH_PAGE (widget)->live);
}

static void
save_positions (AnmWorkbenchPage *self)
{
  gboolean set;

  g_object_get (self->outer_paned, "position-set", &set, NULL);
  if (set && !self->narrow && self->channels_shown)
    anm_settings_set_int (self->settings, "workbench-channels-position",
                          gtk_paned_get_position (GTK_PANED (self->outer_paned)));
  g_object_get (self->inner_paned, "position-set", &set, NULL);
  if (set)
    anm_settings_set_int (self->settings, "workbench-figures-position",
                          gtk_paned_get_position (GTK_PANED (self->inner_paned)));
}

static void
anm_workbench_page_unmap (GtkWidget *widget)
{
  AnmWorkbenchPage *self = ANM_WORKBENCH_PAGE (widget);

  anm_live_reading_release (self->live);
  save_positions (self);

  GTK_WIDGET_CLASS (anm_workbench_page_parent_class)->unmap (widget);
}

static void
cohort_changed_cb (AnmWorkbenchPage *self)
{
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack),
                                    anm_view_state_get_cohort (self->state) != NULL ? "work" : "empty");
}

static void
study_changed_cb (AnmWorkbenchPage *self)
{
  g_signal_group_set_target (self->study_signals, anm_view_state_get_study (self->state));
  cohort_changed_cb (self);
}

/* Making */

static void
fill (AnmWorkbenchPage *self)
{
  const char *const figures[] = { _("Loss"), _("Gradient norm"), _("Prediction"), NULL };
  GtkWidget *bar = anm_optimizer_bar_new (self->control);

  gtk_box_prepend (GTK_BOX (self->work_box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_prepend (GTK_BOX (self->work_box), bar);

  self->channel_list = anm_channel_list_new (self->state);
  gtk_widget_set_hexpand (self->channel_list, TRUE);
  gtk_box_append (GTK_BOX (self->channels_pane), self->channel_list);
  self->network_view = anm_network_view_new (self->state, self->live);
  self->network_scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->network_scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->network_scroller), self->network_view);
  gtk_widget_set_hexpand (self->network_scroller, TRUE);
  gtk_widget_set_vexpand (self->network_scroller, TRUE);
  g_signal_connect_object (self->channel_list, "pointed", G_CALLBACK (anm_network_view_point_channel), self->network_view, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->network_pane), self->network_scroller);

  self->tabs = anm_figure_tabs_new (figures);
  gtk_widget_set_visible (self->tabs, FALSE);
  g_signal_connect_swapped (self->tabs, "chosen", G_CALLBACK (show_figures), self);
  gtk_box_append (GTK_BOX (self->network_pane), self->tabs);
  self->foot = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (self->foot, "view");
  gtk_widget_set_size_request (self->foot, -1, FOOT_HEIGHT);
  gtk_widget_set_visible (self->foot, FALSE);
  gtk_box_append (GTK_BOX (self->network_pane), self->foot);

  self->figures = anm_live_figures_new (self->control, self->live);
  gtk_widget_set_hexpand (self->figures, TRUE);
  gtk_widget_set_vexpand (self->figures, TRUE);
  gtk_box_append (GTK_BOX (self->figures_pane), self->figures);
}

static void
restore_positions (AnmWorkbenchPage *self)
{
  const int channels = anm_settings_get_int (self->settings, "workbench-channels-position", CHANNELS_WIDTH);
  const int figures = anm_settings_get_int (self->settings, "workbench-figures-position", 0);

  gtk_paned_set_position (GTK_PANED (self->outer_paned), channels);
  if (figures > 0)
    gtk_paned_set_position (GTK_PANED (self->inner_paned), figures);
}

static void
anm_workbench_page_constructed (GObject *object)
{
  AnmWorkbenchPage *self = ANM_WORKBENCH_PAGE (object);

  G_OBJECT_CLASS (anm_workbench_page_parent_class)->constructed (object);

  fill (self);
  restore_positions (self);
  g_signal_connect_object (self->state, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);
}

static void
anm_workbench_page_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  AnmWorkbenchPage *self = ANM_WORKBENCH_PAGE (object);

  switch (prop_id)
    {
    case PROP_VIEW_STATE:
      self->state = g_value_dup_object (value);
      break;
    case PROP_TRAINING_CONTROL:
      self->control = g_value_dup_object (value);
      break;
    case PROP_LIVE_READING:
      self->live = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
anm_workbench_page_dispose (GObject *object)
{
  AnmWorkbenchPage *self = ANM_WORKBENCH_PAGE (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_object (&self->study_signals);
  anm_dispose_template (GTK_WIDGET (self), ANM_TYPE_WORKBENCH_PAGE);
  g_clear_object (&self->live);
  g_clear_object (&self->settings);
  g_clear_object (&self->control);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (anm_workbench_page_parent_class)->dispose (object);
}

static void
anm_workbench_page_class_init (AnmWorkbenchPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = anm_workbench_page_constructed;
  object_class->set_property = anm_workbench_page_set_property;
  object_class->dispose = anm_workbench_page_dispose;
  widget_class->measure = anm_workbench_page_measure;
  widget_class->size_allocate = anm_workbench_page_size_allocate;
  widget_class->map = anm_workbench_page_map;
  widget_class->unmap = anm_workbench_page_unmap;

  properties[PROP_VIEW_STATE] = g_param_spec_object ("view-state", NULL, NULL, ANM_TYPE_VIEW_STATE, flags);
  properties[PROP_TRAINING_CONTROL] = g_param_spec_object ("training-control", NULL, NULL,
                                                           ANM_TYPE_TRAINING_CONTROL, flags);
  properties[PROP_LIVE_READING] = g_param_spec_object ("live-reading", NULL, NULL, ANM_TYPE_LIVE_READING, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_install_action (widget_class, "workbench.toggle-channels", NULL, toggle_channels_action);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, close_sheet_cb, NULL);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/anamnesis/Anamnesis/gui/workbench-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AnmWorkbenchPage, stack);
  gtk_widget_class_bind_template_child (widget_class, AnmWorkbenchPage, work_box);
  gtk_widget_class_bind_template_child (widget_class, AnmWorkbenchPage, outer_paned);
  gtk_widget_class_bind_template_child (widget_class, AnmWorkbenchPage, inner_paned);
  gtk_widget_class_bind_template_child (widget_class, AnmWorkbenchPage, channels_pane);
  gtk_widget_class_bind_template_child (widget_class, AnmWorkbenchPage, channels_revealer);
  gtk_widget_class_bind_template_child (widget_class, AnmWorkbenchPage, channels_sheet);
  gtk_widget_class_bind_template_child (widget_class, AnmWorkbenchPage, network_pane);
  gtk_widget_class_bind_template_child (widget_class, AnmWorkbenchPage, figures_pane);
}

static void
anm_workbench_page_init (AnmWorkbenchPage *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  self->settings = anm_settings_new ();
  self->channels_shown = TRUE;
  self->study_signals = g_signal_group_new (ANM_TYPE_STUDY);
  g_signal_group_connect_swapped (self->study_signals, "notify::cohort", G_CALLBACK (cohort_changed_cb), self);
  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (keys), GTK_SHORTCUT_SCOPE_GLOBAL);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_F9, 0),
                                                          gtk_callback_action_new (toggle_channels_cb, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
