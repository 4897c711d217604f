// What a dashboard of deploy/grafana may be, by Grafana's own types: dashboards_test.py writes each of them as a value of
// `Board` and has it compiled, so an unknown or wrongly typed member is an error at its line.
import type { Dashboard, FieldConfig, Panel } from '@grafana/schema/dist/esm/raw/dashboard/x/dashboard_types.gen';
import type { DataQuery, GraphFieldConfig, OptionsWithTooltip } from '@grafana/schema';
import type { Options as BarGaugeOptions } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { Options as TimeSeriesOptions } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// As JSON writes it: a member of an enumeration by its text.
type Plain<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T : T extends (infer U)[] ? Plain<U>[] : { [K in keyof T]: Plain<T[K]> };

// Grafana gives the type of a query of Prometheus with its plugin, not in this package.
type PrometheusQuery = Plain<Pick<DataQuery, 'refId'>> & { expr: string; legendFormat: string; instant: boolean };

type Defaults<Custom> = Plain<Omit<FieldConfig, 'custom'>> & { unit: string } & Custom;
type PanelOf<Type extends string, Options, Custom> = Plain<Omit<Panel, 'type' | 'options' | 'targets' | 'fieldConfig'>> & {
  type: Type; options: Partial<Plain<Options>>; targets: PrometheusQuery[];
  fieldConfig: Plain<Pick<NonNullable<Panel['fieldConfig']>, 'overrides'>> & { defaults: Defaults<Custom> };
};

export type Board = Plain<Omit<Dashboard, 'panels'>> & {
  panels: (PanelOf<'stat', StatOptions, {}> | PanelOf<'bargauge', BarGaugeOptions, {}>
    | PanelOf<'timeseries', TimeSeriesOptions & OptionsWithTooltip, { custom: Plain<GraphFieldConfig> }>)[];
};
