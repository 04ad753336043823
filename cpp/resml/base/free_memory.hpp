#pragma once

namespace resml {

// Gives memory that was freed back to the system, from between what is still in use too. Takes
// milliseconds: worth it where much was freed and other large blocks are to come.
void give_back_free_memory();

}  // namespace resml
