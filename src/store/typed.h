/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "db/db.h"

/**
 * A view for each type
 * ====================
 *
 * AWS::EC2::Instance has the view aws_ec2_instance: what exists now, with the columns that its
 * catalogue entry names (_type_column). A type has it as soon as one of its resources is recorded,
 * in the same transaction; triggers cannot make views, so whoever writes the first one calls here.
 * A name that something else in the store has already is left to that.
 */

/** A resource of @type was just added: if it is the first, make the type's view. In a transaction. */
enum code typed_add(struct db *db, struct str type, struct err *e);

/** Make the views of all recorded types as the catalogue wants them. In a transaction, with no
 * statement running; writes nothing where all is right. */
enum code typed_remake(struct db *db, struct err *e);

/** Whether typed_remake() would write anything. */
enum code typed_is_current(struct db *db, bool *current, struct err *e);

/** Add to @out the statements that shadow these views for the moment in temp.clock. */
enum code typed_past(struct db *db, struct buf *out, struct err *e);
