-- Resources that are judged before they are made: spec sections 6.8 and 8.12. Whoever evaluates takes those that are in
-- progress; what is not done by its deadline has failed.

-- name: op_StartResourceEvaluation_refuse
SELECT 'InvalidParameterValueException' AS error, 'The EvaluationMode ' || json_extract(:request, '$.EvaluationMode') || ' is invalid.  Only the following values are permitted: PROACTIVE' AS message
 WHERE json_extract(:request, '$.EvaluationMode') <> 'PROACTIVE'
UNION ALL
SELECT 'InvalidParameterValueException', 'Invalid json passed in the ResourceConfiguration field'
 WHERE NOT json_valid(json_extract(:request, '$.ResourceDetails.ResourceConfiguration'))
UNION ALL
SELECT 'IdempotentParameterMismatch', 'Using the same client token with one or more different parameters. Specify a new client token with the parameter changes and try again.'
  FROM _resource_evaluation e
 WHERE e.account = :account AND e.region = :region AND e.client_token = json_extract(:request, '$.ClientToken')
   AND e.request <> json_array(json_extract(:request, '$.ResourceDetails.ResourceType'), json_extract(:request, '$.ResourceDetails.ResourceId'),
                               json_extract(:request, '$.ResourceDetails.ResourceConfiguration'), json_extract(:request, '$.ResourceDetails.ResourceConfigurationSchemaType'),
                               json_extract(:request, '$.EvaluationContext.EvaluationContextIdentifier'), json_extract(:request, '$.EvaluationTimeout'));

-- name: op_StartResourceEvaluation_write
-- A month is long enough to ask what came of it.
DELETE FROM _resource_evaluation WHERE account = :account AND region = :region AND started_ms < :now_ms - 2592000000;

-- name: op_StartResourceEvaluation_write_2
INSERT INTO _resource_evaluation(account, region, evaluation_id, mode, type, id, configuration, schema_type, context, client_token, request, started_ms, deadline_ms)
SELECT :account, :region, uuid(), json_extract(:request, '$.EvaluationMode'), json_extract(:request, '$.ResourceDetails.ResourceType'),
       json_extract(:request, '$.ResourceDetails.ResourceId'), json_extract(:request, '$.ResourceDetails.ResourceConfiguration'),
       json_extract(:request, '$.ResourceDetails.ResourceConfigurationSchemaType'),
       json_extract(:request, '$.EvaluationContext.EvaluationContextIdentifier'), json_extract(:request, '$.ClientToken'),
       json_array(json_extract(:request, '$.ResourceDetails.ResourceType'), json_extract(:request, '$.ResourceDetails.ResourceId'),
                  json_extract(:request, '$.ResourceDetails.ResourceConfiguration'), json_extract(:request, '$.ResourceDetails.ResourceConfigurationSchemaType'),
                  json_extract(:request, '$.EvaluationContext.EvaluationContextIdentifier'), json_extract(:request, '$.EvaluationTimeout')),
       :now_ms, :now_ms + 1000 * coalesce(nullif(json_extract(:request, '$.EvaluationTimeout'), 0), 900)
 WHERE NOT EXISTS (SELECT 1 FROM _resource_evaluation e
                    WHERE e.account = :account AND e.region = :region AND e.client_token = json_extract(:request, '$.ClientToken'));

-- name: op_StartResourceEvaluation_answer
SELECT json_object('ResourceEvaluationId', coalesce(
         (SELECT e.evaluation_id FROM _resource_evaluation e
           WHERE e.account = :account AND e.region = :region AND e.client_token = json_extract(:request, '$.ClientToken')),
         (SELECT e.evaluation_id FROM _resource_evaluation e WHERE e.rowid = last_insert_rowid()))) AS body;

-- name: op_GetResourceEvaluationSummary_refuse
SELECT 'ResourceNotFoundException' AS error, 'You have specified a resource that does not exist.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _resource_evaluation e WHERE e.account = :account AND e.region = :region AND e.evaluation_id = json_extract(:request, '$.ResourceEvaluationId'));

-- name: op_GetResourceEvaluationSummary_answer
SELECT json_object('ResourceEvaluationId', e.evaluation_id, 'EvaluationMode', e.mode,
         'EvaluationStatus', CASE WHEN e.status = 'IN_PROGRESS' AND e.deadline_ms <= :now_ms
                                  THEN json_object('Status', 'FAILED', 'FailureReason', 'The evaluation was not done within its timeout')
                                  ELSE json_object('Status', e.status, 'FailureReason', e.reason) END,
         'EvaluationStartTimestamp', e.started_ms / 1000.0, 'Compliance', e.compliance,
         'EvaluationContext', json(CASE WHEN e.context IS NOT NULL THEN json_object('EvaluationContextIdentifier', e.context) END),
         'ResourceDetails', json_object('ResourceId', e.id, 'ResourceType', e.type, 'ResourceConfiguration', e.configuration,
                                        'ResourceConfigurationSchemaType', e.schema_type)) AS body
  FROM _resource_evaluation e WHERE e.account = :account AND e.region = :region AND e.evaluation_id = json_extract(:request, '$.ResourceEvaluationId');

-- name: op_ListResourceEvaluations_refuse
SELECT 'InvalidTimeRangeException' AS error, NULL AS message
 WHERE json_extract(:request, '$.Filters.TimeWindow.StartTime') > json_extract(:request, '$.Filters.TimeWindow.EndTime');

-- name: op_ListResourceEvaluations_list
-- The newest first.
SELECT json_object('ResourceEvaluationId', e.evaluation_id, 'EvaluationMode', e.mode, 'EvaluationStartTimestamp', e.started_ms / 1000.0) AS element,
       json_array(e.started_ms, e.evaluation_id) AS after
  FROM _resource_evaluation e
 WHERE e.account = :account AND e.region = :region
   AND (e.started_ms, e.evaluation_id) < (coalesce(json_extract(:after, '$[0]'), 9e15), coalesce(json_extract(:after, '$[1]'), ''))
   AND e.mode = coalesce(json_extract(:request, '$.Filters.EvaluationMode'), e.mode)
   AND e.started_ms >= coalesce(json_extract(:request, '$.Filters.TimeWindow.StartTime') * 1000, e.started_ms)
   AND e.started_ms <= coalesce(json_extract(:request, '$.Filters.TimeWindow.EndTime') * 1000, e.started_ms)
   AND (json_extract(:request, '$.Filters.EvaluationContextIdentifier') IS NULL OR e.context = json_extract(:request, '$.Filters.EvaluationContextIdentifier'))
 ORDER BY e.started_ms DESC, e.evaluation_id DESC LIMIT :limit;
